import type { Asked, AskedSince, LineFacts, MatchAnswer } from './carrier-reply.ts';
import type { ClaimId, CustomerId, UserId } from './ids.ts';
import type { Instant } from './instant.ts';
import type { Joined } from './joined.ts';

/** The tenancy a claim was made in, as its carrier described it, and where that description came from. */
export type ClaimTenancy = { joined: Joined; source: string };

/**
 * What the carrier said when asked whether the present holder is still the claim's customer, after the event
 * `eventKey` had begun a new tenancy. `undecided` is asked again at `askAgainAt`; the other answers stand.
 */
export type SamePersonCheck = {
  eventKey: string;
  answer: 'same' | 'other' | 'no-capability' | 'no-customer' | 'undecided';
  firstAskedAt: Instant;
  attempts: number;
  askAgainAt: Instant | null;
};

/**
 * The carrier's answers that the last verdict on a claim rested on. They are used again together or not at all: one of
 * them may speak of another tenancy than one that was given later.
 */
export type KeptAnswers = {
  line: Asked<LineFacts> | null;
  recycledSince: readonly AskedSince[];
  /** The person asked about is kept with the answer: for another one it says nothing. */
  match: (Asked<MatchAnswer> & { readonly customerId: CustomerId }) | null;
};

/** A carrier's answer showed that the number went to a new tenancy, which no event told of: the claim is to be released. */
export type FoundRecycled = { at: Instant; verdictId: string };

/**
 * A user's hold of a number as login phone (登录手机). The hold is worth nothing beyond the tenancy it was made in.
 */
export type Claim = {
  claimId: ClaimId;
  userId: UserId;
  /** `suspended`: nobody holds the number, or its line went to somebody else and the release is under way. */
  state: 'active' | 'suspended';
  /** When the number's code was proven; for imports as given. Never changes. */
  claimedAt: Instant;
  /**
   * The instant that the claim's tenancy contains: `claimedAt`, or the start of the tenancy it moved to when the same
   * person was found on the number again. It tells; what decides are `claimedAt` and the same-person checks.
   */
  anchoredAt: Instant;
  /** What the carrier said of the tenancy at claim time; null until it answered. */
  tenancy: ClaimTenancy | null;
  /** The live binding made on this claim. */
  bindingId: string | null;
  /** When it got its present state. Names the step in what follows from it, so that it follows once. */
  stateSince: Instant;
  /** The same-person checks made on it, one per new tenancy. */
  samePerson: SamePersonCheck[];
  /**
   * When a verdict, without any event, found the same person in a later tenancy: the claim's tenancy contains this
   * instant, and what is reported of the time before it touches the claim no more.
   */
  confirmedAt?: Instant;
  /** What the last verdict rested on, for the next one. */
  answers?: KeptAnswers | null;
  foundRecycled?: FoundRecycled;
};

/** Why a claim ended. The first four are the carrier's doing, `left` is the user's. */
export type ReleaseCause = {
  kind: 'freeze-ended' | 'reissued' | 'transferred' | 'recycled' | 'cancelled' | 'left';
  /** The number event that led to it (`source:id`); null where it was a carrier's answer, the clock or the user. */
  eventKey: string | null;
};

/** What is kept of a claim that ended: enough to give the phone back, or to recover its user. */
export type ReleasedClaim = {
  claimId: ClaimId;
  userId: UserId;
  claimedAt: Instant;
  anchoredAt: Instant;
  tenancy: ClaimTenancy | null;
  samePerson: SamePersonCheck[];
  confirmedAt?: Instant;
  releasedAt: Instant;
  cause: ReleaseCause;
  /** The event that led to the release was retracted or contradicted, and the phone could not be given back by itself. */
  disputed: boolean;
};
