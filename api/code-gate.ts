import { type GateCall, type Passage, passByCode } from '../verdicts/gate.ts';
import { createJudge } from '../verdicts/judge.ts';
import type { ApiDependencies } from './dependencies.ts';

/** Decides what somebody may do who has the code that a phone received; see {@link passByCode}. */
export type CodeGate = (call: GateCall) => Promise<Passage>;

/** Makes the code gate of the API. */
export function createCodeGate({
  store,
  carriers,
  registry,
  workflows,
  metrics,
  now,
}: Pick<ApiDependencies, 'store' | 'carriers' | 'registry' | 'workflows' | 'metrics' | 'now'>): CodeGate {
  const judge = createJudge({
    store,
    carriers,
    registry,
    now,
    onLookup: ({ lookupFor, call }) => metrics.carrierLookups.inc({ decision: lookupFor, call }),
  });
  const { wakeNumber } = workflows;
  return (call) => passByCode({ store, registry, now, judge, wakeNumber }, call);
}
