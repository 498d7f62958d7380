import type { Home } from '../carriers/gateway.ts';
import type { Asked } from '../domain/carrier-reply.ts';
import type { Claim } from '../domain/claim.ts';
import type { DurationMs, Instant } from '../domain/instant.ts';
import { judgeClaim, type Verdict } from '../domain/verdict.ts';
import type { VerdictQuestion } from '../domain/verdict-question.ts';
import type { Known } from './facts.ts';
import { oldestOf } from './inquiry.ts';

/** All replies of a question. */
export const repliesOf = ({
  line,
  recycledSince,
  match,
}: Pick<VerdictQuestion, 'line' | 'recycledSince' | 'match'>): Asked<unknown>[] =>
  [line, match, ...recycledSince].filter((asked) => asked !== null);

/**
 * The verdict by the answers that are kept with a claim; null where the carrier has to be asked. Young answers serve for
 * every verdict. Older ones serve while the feeds vouch for the time since, and only for `current`: whoever was refused
 * may have got the number back in a way that no event tells. They serve together or not at all, and only those of the
 * system that answers for the number now, about the person who would be asked about now.
 */
export function verdictByKept({
  claim,
  question,
  home,
  known,
  trust: { now, answerMaxAge },
}: {
  claim: Claim;
  question: VerdictQuestion;
  home: Home;
  known: Pick<Known, 'verified' | 'feedsVouch'>;
  trust: { now: Instant; answerMaxAge: DurationMs };
}): Verdict | null {
  if (!claim.answers) return null;
  const { line, recycledSince, match } = claim.answers;
  const replies = repliesOf({ line, recycledSince, match });
  const oldest = oldestOf(replies);
  const source = `${home.province}/${home.system}`;
  if (oldest === null || replies.some((reply) => reply.source !== source)) return null;
  if (match && match.customerId !== known.verified?.customerId) return null;
  // An answer from ahead of our clock comes of a clock set back, and says nothing of its age.
  const isYoung = oldest <= now && now - oldest < answerMaxAge;
  if (!isYoung && !known.feedsVouch) return null;
  const step = judgeClaim({ ...question, line, recycledSince, match });
  if ('ask' in step) return null;
  return isYoung || step.verdict === 'current' ? step : null;
}
