import type { DurationMs, Instant } from '../../domain/instant.ts';
import { compareBeginning } from '../../domain/join-comparison.ts';
import { joinedSpan } from '../../domain/joined.ts';
import { takeOverWithin } from '../../domain/registration-rules.ts';
import { evidenceOf } from '../../verdicts/evidence.ts';
import { provinceOf } from '../../verdicts/facts.ts';
import type { Judge, Judged } from '../../verdicts/judge.ts';
import { followPerson } from '../../verdicts/moves.ts';
import { decideOn, type FactTools, type NextStep, type RequestFacts, readRequest } from './facts.ts';

/** Longer than any system's own time-outs for three questions; its worker's step has a minute. */
const judgeWithin: DurationMs = 30_000;

/** Asking a number's carrier who holds it now. Runs on the queue of the system that is asked. */
export function createPhoneJudgeActivities({ store, registry, judge }: FactTools & { judge: Judge }) {
  const judgeNumber = (
    { request, number, claim, seen }: RequestFacts,
    correlator: string,
  ): Promise<Judged> | null => {
    const call = { number, lookupFor: request.kind, withinMs: judgeWithin, correlator };
    if (seen.frozenSince !== null) {
      return judge.judgeAfterFreeze({ ...call, claim, frozenSince: seen.frozenSince });
    }
    // What was answered to another question, an hour ago or a minute, is no reason to end somebody's claim.
    return claim && judge.judgeClaim({ ...call, claim, reuse: false });
  };

  /** The tenancy as the carrier just told of it, for the new claim to remember; not one that begins after the code was proven. */
  const tenancyFor = (
    { request: { provenAt }, number: { province } }: RequestFacts,
    { tenancy, at }: Judged,
  ): Judged['tenancy'] => {
    if (tenancy === null) return null;
    const { timeZone } = provinceOf(registry, province, at);
    return compareBeginning(joinedSpan(tenancy.joined, timeZone), provenAt) === 'later' ? null : tenancy;
  };

  return {
    /** Asks for a verdict and decides by it; both are written down. A carrier that gives no reply is asked again later. */
    async judgePhoneRequest({
      requestId,
      at,
      correlator,
    }: {
      requestId: string;
      /** The workflow's time. */
      at: Instant;
      correlator: string;
    }): Promise<NextStep> {
      const facts = await readRequest({ store, registry }, { requestId, now: at });
      const before = await decideOn({ store, registry }, facts, { verdict: null, now: at });
      if (before.kind !== 'judge') return before;
      const judged = await judgeNumber(facts, correlator);
      if (judged === null) return before;

      const { request, claim } = facts;
      const { verdict, verdictId, unavailable } = judged;
      const step: NextStep = unavailable
        ? { kind: 'wait', until: request.provenAt + takeOverWithin }
        : await decideOn({ store, registry }, facts, { verdict, now: at });
      await store.evidence.add(
        ...evidenceOf(judged, {
          numberKey: request.numberKey,
          claim,
          decision: {
            code: `${request.kind}.${outcomes[step.kind]}`,
            details: { requestId, ...(step.kind === 'refuse' ? { reason: step.code } : {}) },
          },
          // The decision follows the verdict, also where our clocks differ.
          at: Math.max(at, judged.at),
        }),
      );
      // The holder keeps the number, and its claim goes with it to the tenancy in which the carrier found it.
      if (claim) await followPerson(store, { numberKey: request.numberKey, claim, judged, at });
      if (step.kind === 'refuse') return { ...step, verdictId };
      return step.kind === 'take' ? { ...step, verdictId, tenancy: tenancyFor(facts, judged) } : step;
    },
  };
}

/** What a verdict led to, as the timeline tells it. */
const outcomes: Record<NextStep['kind'], string> = {
  take: 'allowed',
  refuse: 'refused',
  wait: 'waits',
  judge: 'waits',
};
