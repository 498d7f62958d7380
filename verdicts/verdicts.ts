import type { Metrics } from '../platform/metrics.ts';
import { type GateCall, type Passage, passByCode } from './gate.ts';
import { createJudge, type Judge } from './judge.ts';
import { type IdentitySays, verifyIdentity } from './person.ts';
import type { VerdictTools, WakeNumber } from './ports.ts';
import { startRelease } from './release.ts';
import { describeTenancy, rememberTenancy } from './tenancy.ts';

/** Everything that is decided by what carriers say of a number, on one set of tools. */
export interface Verdicts extends Judge {
  /** See `gate.ts`. */
  passByCode(call: GateCall): Promise<Passage>;
  /** See `tenancy.ts`. */
  describeTenancy(call: Parameters<typeof describeTenancy>[1]): ReturnType<typeof describeTenancy>;
  /** See `tenancy.ts`. */
  rememberTenancy(call: Parameters<typeof rememberTenancy>[1]): Promise<void>;
  /** See `person.ts`. */
  verifyIdentity(call: Parameters<typeof verifyIdentity>[1]): Promise<IdentitySays>;
  /** See `release.ts`. */
  startRelease(call: Parameters<typeof startRelease>[1]): Promise<void>;
}

/** Verdicts of a process; each question to a carrier is counted in its metrics. */
export function createVerdicts({
  metrics: { carrierLookups },
  wakeNumber,
  ...rest
}: Omit<VerdictTools, 'onLookup'> & {
  readonly metrics: Pick<Metrics, 'carrierLookups'>;
  readonly wakeNumber: WakeNumber;
}): Verdicts {
  const tools: VerdictTools = {
    ...rest,
    onLookup: ({ lookupFor, call }) => carrierLookups.inc({ decision: lookupFor, call }),
  };
  const { store } = tools;
  const judge = createJudge(tools);
  return {
    ...judge,
    passByCode: (call) => passByCode({ ...tools, judge, wakeNumber }, call),
    describeTenancy: (call) => describeTenancy(tools, call),
    rememberTenancy: (call) => rememberTenancy(tools, call),
    verifyIdentity: (call) => verifyIdentity(tools, call),
    startRelease: (call) => startRelease({ store, wakeNumber }, call),
  };
}
