import type { Asked, AskedSince, LineFacts, MatchAnswer, NoAnswer } from './carrier-reply.ts';
import type { Claim } from './claim.ts';
import type { Day, Instant } from './instant.ts';
import type { Joined } from './joined.ts';

/**
 * What the reported events say of the claim's tenancy. `continues` only with a feed that is complete since the claim
 * (tracked then, no gap, a fresh heartbeat) and reported no end; otherwise an untold end means `nothing`.
 */
export type EventsSay =
  | { readonly kind: 'nothing' }
  | { readonly kind: 'continues'; readonly at: Instant }
  | { readonly kind: 'ended-frozen'; readonly at: Instant; readonly eventKey: string }
  | { readonly kind: 'ended-recycled'; readonly at: Instant; readonly eventKey: string };

/** A reported port (携号转网), with the join date that the new carrier gave for it. */
type ReportedPort = { readonly at: Instant; readonly joined: Joined | null };

/** All that a verdict depends on. Start with the replies empty, and add each that the verdict asks for. */
export type VerdictQuestion = {
  readonly claim: Pick<Claim, 'anchoredAt' | 'tenancy'>;
  /** Whether the claim's customer was verified: only then there is somebody to compare the line's customer with. */
  readonly customerVerified: boolean;
  readonly events: EventsSay;
  /** The last port reported after `anchoredAt`. */
  readonly port: ReportedPort | null;
  readonly province: {
    readonly timeZone: string;
    /** The first day since which the province's reports are complete. */
    readonly trackedSince: Day;
    /** Whether the join date (入网时间) begins anew when a line is transferred to another person. */
    readonly restartsOnTransfer: boolean;
  };
  /** What the system of the number can be asked beside the line's record. */
  readonly capabilities: { readonly recycledSince: boolean; readonly match: boolean };
  readonly line: Asked<LineFacts> | null;
  readonly recycledSince: readonly AskedSince[];
  readonly match: Asked<MatchAnswer> | null;
};

/** The carrier's answer that is needed next: the line's record, "did it begin after this day?", or a match. */
export type NextQuestion = { readonly ask: 'line' | 'match' | { readonly recycledSince: Day } };

/** Which rule gave the verdict, or why none could. */
export type VerdictRule =
  | 'events-frozen'
  | 'events-recycled'
  | 'events-continue'
  | 'carrier-frozen'
  | 'same-join-date'
  | 'joined-later'
  | 'joined-earlier'
  | 'joined-overlap'
  | 'transfer-invisible'
  | 'ported-unreported'
  | 'port-continues'
  | 'port-unclear'
  | 'same-person'
  | 'match-undecided'
  | NoAnswer;

/** A verdict and its reason, without the evidence. */
export type Finding = {
  readonly verdict: 'current' | 'recycled' | 'frozen' | 'undecided';
  readonly rule: VerdictRule;
};

/** One step towards a verdict: it, or the answer that it needs. */
export type Step = Finding | NextQuestion;

/** A finding in one line. */
export const find = (verdict: Finding['verdict'], rule: VerdictRule): Finding => ({ verdict, rule });

/** The line's record, where the carrier gave one. */
export const lineOf = ({ line }: Pick<VerdictQuestion, 'line'>): LineFacts | null =>
  line?.reply.kind === 'answer' ? line.reply.value : null;
