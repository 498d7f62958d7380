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

  /** When the tenancy of which the carrier just told began, where that was after the code was sent; else null. */
  const begunSince = (
    { request: { issuedAt }, number: { province } }: RequestFacts,
    { tenancy, at }: Judged,
  ): Instant | null => {
    if (tenancy === null) return null;
    const began = joinedSpan(tenancy.joined, provinceOf(registry, province, at).timeZone);
    return compareBeginning(began, issuedAt) === 'later' ? began.from : null;
  };

  /**
   * Decides by a verdict. A tenancy that began after the code was sent is not that of whoever received it, reported or
   * not; one that is to begin only shows a clock that is fast.
   */
  const decideBy = (facts: RequestFacts, judged: Judged, now: Instant): Promise<NextStep> => {
    const since = begunSince(facts, judged);
    const isBegun = since !== null && since <= judged.at;
    const seen = isBegun
      ? { ...facts.seen, lastBoundary: { at: since, kind: 'began' as const } }
      : facts.seen;
    return decideOn({ store, registry }, { ...facts, seen }, { verdict: judged.verdict, now });
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
      const { verdictId, unavailable } = judged;
      const step: NextStep = unavailable
        ? { kind: 'wait', until: request.provenAt + takeOverWithin }
        : await decideBy(facts, judged, at);
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
      if (step.kind !== 'take') return step;
      // What the new claim remembers of its tenancy is not what a clock that is fast says of it.
      const tenancy = begunSince(facts, judged) === null ? judged.tenancy : null;
      return { ...step, verdictId, tenancy };
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
