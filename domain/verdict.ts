import type { Asked } from './carrier-reply.ts';
import type { ClaimTenancy } from './claim.ts';
import type { Instant } from './instant.ts';
import { joinedSpan, type Span } from './joined.ts';
import { judgeByDate } from './verdict-by-date.ts';
import { evidenceOf, type VerdictEvidence } from './verdict-evidence.ts';
import {
  type Finding,
  find,
  lineOf,
  type NextQuestion,
  type Step,
  type VerdictQuestion,
  type VerdictRule,
} from './verdict-question.ts';

/** Where a claim goes when the same person was found in a new tenancy of the number. */
type ClaimMove = { readonly anchoredAt: Instant; readonly tenancy: ClaimTenancy | null };

/** The verdict on a claim. Only `current` lets anybody in. */
export type Verdict = Finding & {
  /** When the oldest carrier answer it rests on was given; null where it rests on events alone. */
  readonly asOf: Instant | null;
  /** Set where the same person holds the number in a later tenancy. */
  readonly movesTo: ClaimMove | null;
  readonly evidence: VerdictEvidence;
};

/** Replies after which the same system isn't asked for a match too: it just failed to reply at all. */
const isSilent = ({ rule }: Finding): boolean => rule === 'unavailable';

/** What the match makes of a verdict by date: whoever is the same person lost nothing by a new tenancy. */
function byMatch(finding: Finding, question: VerdictQuestion): Step {
  const { customerVerified, capabilities, match } = question;
  const open = finding.rule !== 'events-recycled' && ['recycled', 'undecided'].includes(finding.verdict);
  if (!open || !customerVerified || !capabilities.match || isSilent(finding)) {
    return finding;
  }
  if (match === null) {
    return { ask: 'match' };
  }
  switch (match.reply.kind) {
    case 'answer':
      return match.reply.value === 'match' ? find('current', 'same-person') : finding;
    case 'no-capability':
      return finding;
    default:
      return find('undecided', 'match-undecided');
  }
}

/** The tenancy in which the same person was found, at an instant that it surely contains. */
function moveOf(question: VerdictQuestion): ClaimMove | null {
  const { line, match, province } = question;
  if (match === null) {
    return null;
  }
  const joined = lineOf(question)?.joined;
  return line && joined
    ? {
        anchoredAt: latestOf(joinedSpan(joined, province.timeZone), match.at),
        tenancy: { joined, source: line.source },
      }
    : { anchoredAt: match.at, tenancy: null };
}

/** The last instant of a span that isn't after `at`; the clocks of two companies differ, so `at` may be before it. */
const latestOf = ({ from, until }: Span, at: Instant): Instant => Math.max(from, Math.min(until - 1, at));

/** When the oldest of the carrier's answers was given that a verdict rests on. */
function oldestAnswer(question: VerdictQuestion, rule: VerdictRule): Instant | null {
  const answers: readonly Asked<unknown>[] = [
    question.line,
    question.match,
    ...question.recycledSince,
  ].filter((asked) => asked !== null);
  return rule.startsWith('events-') || answers.length === 0 ? null : Math.min(...answers.map(({ at }) => at));
}

/**
 * Judges whether the tenancy that a claim was made in is the number's current one, from what is known so far; or tells
 * the one answer that is needed next, the cheapest first. A question that was asked is never asked again, so at most
 * six rounds lead to a verdict. What is no answer (time-out, not found, can't say) never reads as `current` or
 * `recycled`. Days are days of the province's time zone.
 */
export function judgeClaim(question: VerdictQuestion): Verdict | NextQuestion {
  const byDate = judgeByDate(question);
  const step = 'ask' in byDate ? byDate : byMatch(byDate, question);
  if ('ask' in step) {
    return step;
  }
  const moved = step.rule === 'same-person' && 'verdict' in byDate && byDate.verdict === 'recycled';
  return {
    ...step,
    asOf: oldestAnswer(question, step.rule),
    movesTo: moved ? moveOf(question) : null,
    evidence: evidenceOf(question),
  };
}

/**
 * The question whether a new tenancy began on a number that events call frozen: `recycled` means that one did. The
 * freeze stands in for a claim: the tenancy it was made in, if there was one, is known to have ended.
 */
export function questionAfterFreeze(
  question: Omit<VerdictQuestion, 'claim'>,
  frozenSince: Instant,
): VerdictQuestion {
  return {
    ...question,
    claim: { anchoredAt: frozenSince, tenancy: null },
    events: { kind: 'nothing' },
    port: question.port && question.port.at > frozenSince ? question.port : null,
  };
}
