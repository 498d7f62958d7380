import { breakerStates, type Metrics } from '../platform/metrics.ts';
import type { CarrierObserver } from './carriers.ts';

/** Measures what goes to the carriers. */
export const observeBy = ({
  carrierCallSeconds,
  breakerState,
}: Pick<Metrics, 'carrierCallSeconds' | 'breakerState'>): CarrierObserver => ({
  call: ({ home, call, outcome, durationMs }) =>
    carrierCallSeconds.observe({ ...home, kind: call, outcome }, durationMs / 1_000),
  breaker: ({ home, state }) => breakerState.set(home, breakerStates[state]),
});
