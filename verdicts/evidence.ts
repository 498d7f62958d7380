import type { ClaimId, NumberKey, UserId } from '../domain/ids.ts';
import { formatInstant, type Instant } from '../domain/instant.ts';
import type { Evidence } from '../store/evidence.ts';
import type { Judged } from './judge.ts';

/** What was decided by a verdict. */
export interface Decision {
  /** A code of `domain/timeline-text.ts`, such as `login.allowed`. */
  readonly code: string;
  /** Who decided: `linekeeper` unless it was somebody. */
  readonly actor?: string;
  readonly details?: Evidence['details'];
}

/** What verdict and decision are about. */
export interface DecisionAbout {
  readonly numberKey: NumberKey;
  readonly claim: { readonly claimId: ClaimId; readonly userId: UserId } | null;
  readonly decision: Decision;
  readonly at: Instant;
}

/**
 * A verdict and the decision that it led to, to be added in one write. The verdict tells what was asked, answered and
 * when, and how many questions it took; the decision names the verdict. No personal data in either.
 */
export function evidenceOf(judged: Judged, about: DecisionAbout): Evidence[] {
  const { verdict, verdictId, home, lookups, reused, lookupFor, reasons } = judged;
  const wasAsked = 'line' in verdict.evidence;
  const { decision } = about;
  return [
    {
      ...subjectOf(about),
      evidenceId: verdictId,
      kind: 'verdict',
      code: `verdict.${verdict.verdict}`,
      at: judged.at,
      actor: wasAsked ? `carrier:${home.province}/${home.system}` : 'linekeeper',
      details: {
        verdictId,
        rule: verdict.rule,
        asOf: verdict.asOf === null ? null : formatInstant(verdict.asOf),
        askedFor: lookupFor,
        lookups,
        reused,
        ...verdict.evidence,
        ...reasons,
      },
    },
    decisionOf({
      ...about,
      evidenceId: `${verdictId}:decision`,
      decision: { ...decision, details: { verdictId, verdict: verdict.verdict, ...decision.details } },
    }),
  ];
}

/** A decision, also one that needed no verdict. */
export function decisionOf(about: DecisionAbout & { readonly evidenceId: string }): Evidence {
  const { code, actor = 'linekeeper', details = {} } = about.decision;
  return {
    ...subjectOf(about),
    evidenceId: about.evidenceId,
    kind: 'decision',
    code,
    at: about.at,
    actor,
    details,
  };
}

const subjectOf = ({ numberKey, claim }: DecisionAbout) => ({
  numberKey,
  claimId: claim?.claimId ?? null,
  userId: claim?.userId ?? null,
});
