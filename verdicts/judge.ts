import { randomUUID } from 'node:crypto';
import type { Home } from '../carriers/gateway.ts';
import type { Asked, AskedSince, LineFacts, MatchAnswer } from '../domain/carrier-reply.ts';
import type { Claim, ClaimTenancy, KeptAnswers } from '../domain/claim.ts';
import type { DurationMs, Instant } from '../domain/instant.ts';
import { judgeClaim as judgeByRules, questionAfterFreeze, type Verdict } from '../domain/verdict.ts';
import { lineOf, type VerdictQuestion } from '../domain/verdict-question.ts';
import type { Customer } from '../store/customers.ts';
import type { NumberRecord } from '../store/numbers.ts';
import { type Known, provinceOf, questionOn, questionOnFrozen, readFeeds, readVerified } from './facts.ts';
import { type Inquiry, inquire } from './inquiry.ts';
import { repliesOf, verdictByKept } from './kept-answers.ts';
import type { LookupFor, VerdictTools } from './ports.ts';

/** A verdict, and how it came about. */
export interface Judged {
  readonly verdict: Verdict;
  /** Names the verdict in evidence. */
  readonly verdictId: string;
  /** The system that was asked, or would have been. */
  readonly home: Home;
  /** How many questions went to the carrier for it. */
  readonly lookups: number;
  /** Whether it rests on answers that were kept from an earlier verdict. */
  readonly reused: boolean;
  /** Undecided only because no reply came: asking again may help. Every other undecided verdict stays one. */
  readonly unavailable: boolean;
  /** Whether the feeds of the number's province vouched for the time up to now. */
  readonly feedsVouch: boolean;
  readonly at: Instant;
  readonly lookupFor: LookupFor;
  /** How the carrier described the number's present tenancy; null where it was not asked, or didn't. */
  readonly tenancy: ClaimTenancy | null;
  /** Why questions had no answer, for evidence. */
  readonly reasons: Readonly<Record<string, string>>;
}

/** What a verdict is asked for. */
interface JudgeCall {
  readonly number: NumberRecord;
  readonly lookupFor: LookupFor;
  /** For all questions together. What isn't answered by then is `unavailable`. */
  readonly withinMs: DurationMs;
  readonly correlator?: string | undefined;
}

/** A verdict on a claim. */
export interface JudgeClaimCall extends JudgeCall {
  readonly claim: Claim;
  /**
   * Whether answers kept from an earlier verdict may serve again: while they are younger than the province's
   * `answerMaxAge`, or, of any age, while the feeds vouch and they say `current`.
   */
  readonly reuse: boolean;
  /** What the caller has read already; else it is read here. */
  readonly known?: Omit<Known, 'number'> | undefined;
}

/** A verdict on a number that events call frozen: `recycled` means that a new tenancy began. */
export interface JudgeAfterFreezeCall extends JudgeCall {
  /** Who had the number, if anybody has a claim on it still: the same person may have got it again. */
  readonly claim: Claim | null;
  readonly frozenSince: Instant;
}

/** Whoever gives verdicts. */
export interface Judge {
  judgeClaim(call: JudgeClaimCall): Promise<Judged>;
  judgeAfterFreeze(call: JudgeAfterFreezeCall): Promise<Judged>;
}

/** Asks for what the rules need, one answer after another, until there is a verdict. */
async function conclude(
  begun: VerdictQuestion,
  inquiry: Inquiry,
  verified: Customer | null,
): Promise<{ question: VerdictQuestion; verdict: Verdict }> {
  let question = begun;
  for (;;) {
    const step = judgeByRules(question);
    if (!('ask' in step)) return { question, verdict: step };
    question = { ...question, ...(await answerTo(step.ask, question, inquiry, verified)) };
  }
}

type Answers = Partial<Pick<VerdictQuestion, 'line' | 'recycledSince' | 'match'>>;

async function answerTo(
  ask: 'line' | 'match' | { readonly recycledSince: string },
  { recycledSince }: VerdictQuestion,
  inquiry: Inquiry,
  verified: Customer | null,
): Promise<Answers> {
  if (ask === 'line') return { line: await inquiry.line() };
  if (ask === 'match') {
    // The rules ask for a match only where there is a verified customer.
    if (!verified) throw new Error('A match was asked for without anybody to compare');
    return { match: await inquiry.match(verified) };
  }
  const since = ask.recycledSince;
  const asked: AskedSince = { ...(await inquiry.recycledSince(since)), since };
  return { recycledSince: [...recycledSince, asked] };
}

/** Whether another try could decide what this one couldn't. */
const isUnavailable = ({ verdict, rule }: Verdict, { match }: VerdictQuestion): boolean =>
  verdict === 'undecided' &&
  (rule === 'unavailable' || (rule === 'match-undecided' && match?.reply.kind === 'unavailable'));

function tenancyOf(question: VerdictQuestion): ClaimTenancy | null {
  const joined = lineOf(question)?.joined;
  return question.line && joined ? { joined, source: question.line.source } : null;
}

/** What is to be kept of the replies: all when each is an answer; nothing new (undefined) when some never came. */
function toKeep(question: VerdictQuestion, verified: Customer | null): KeptAnswers | null | undefined {
  const kinds = repliesOf(question).map(({ reply }) => reply.kind);
  if (kinds.length === 0 || kinds.includes('unavailable')) return undefined;
  if (!kinds.every((kind) => kind === 'answer' || kind === 'no-capability')) return null;
  const line: Asked<LineFacts> | null = question.line;
  const match: Asked<MatchAnswer> | null = question.match;
  return {
    line,
    recycledSince: question.recycledSince,
    match: match && verified && { ...match, customerId: verified.customerId },
  };
}

/**
 * Gives verdicts on claims: from what is known here, and from the number's carrier where that isn't enough. Each has an
 * id, and comes with its evidence; whoever decides by it writes both down (`evidenceOf`). A carrier that is away, late or
 * talks nonsense makes a verdict undecided, never anything else. What it answered is kept with the claim.
 */
export function createJudge(tools: VerdictTools): Judge {
  const { store, registry, now } = tools;

  return {
    async judgeClaim({ number, claim, reuse, withinMs, lookupFor, correlator, known: given }) {
      const home: Home = { province: number.province, system: number.system };
      const known: Known = {
        number,
        ...(given ?? {
          feedsVouch: await readFeeds({ store, registry, now: now() }, home),
          verified: await readVerified(store, claim),
        }),
      };
      const inquiry = inquire(tools, { home, phone: number.phone, lookupFor, withinMs, correlator });
      const at = now();
      const begun = questionOn({ claim, known, registry, capabilities: inquiry.capabilities, now: at });
      const { answerMaxAge } = provinceOf(registry, number.province, at);
      const facts = { home, at, lookupFor, feedsVouch: known.feedsVouch, verdictId: randomUUID() };

      const kept = reuse
        ? verdictByKept({ claim, question: begun, home, known, trust: { now: at, answerMaxAge } })
        : null;
      if (kept) {
        const none = { lookups: 0, tenancy: null, unavailable: false, reasons: {} };
        return { ...facts, ...none, verdict: kept, reused: true };
      }

      const { question, verdict } = await conclude(begun, inquiry, known.verified);
      const answers = toKeep(question, known.verified);
      if (answers !== undefined) {
        const { claimId, anchoredAt } = claim;
        await store.claims.keepAnswers({ numberKey: number.numberKey, claimId, anchoredAt, answers });
      }
      const unavailable = isUnavailable(verdict, question);
      return {
        ...facts,
        verdict,
        lookups: inquiry.lookups(),
        reused: false,
        unavailable,
        tenancy: tenancyOf(question),
        reasons: inquiry.reasons(),
      };
    },

    async judgeAfterFreeze({ number, claim, frozenSince, withinMs, lookupFor, correlator }) {
      const home: Home = { province: number.province, system: number.system };
      const verified = claim && (await readVerified(store, claim));
      const inquiry = inquire(tools, { home, phone: number.phone, lookupFor, withinMs, correlator });
      const at = now();
      const { capabilities } = inquiry;
      const open = questionOnFrozen({
        frozenSince,
        known: { number, verified },
        registry,
        capabilities,
        now: at,
      });
      const begun = questionAfterFreeze(open, frozenSince);
      const { question, verdict } = await conclude(begun, inquiry, verified);
      return {
        verdict,
        verdictId: randomUUID(),
        home,
        lookups: inquiry.lookups(),
        reused: false,
        unavailable: isUnavailable(verdict, question),
        feedsVouch: false,
        tenancy: tenancyOf(question),
        at,
        lookupFor,
        reasons: inquiry.reasons(),
      };
    },
  };
}
