import type { ClaimId, CustomerId, EmailTokenId, NumberKey } from '../domain/ids.ts';
import type { Instant } from '../domain/instant.ts';
import type { HandleKind } from './handles.ts';

/** A claim as the user's document repeats it. The claim document is the truth: this is checked against it on read. */
export interface UserPhone {
  numberKey: NumberKey;
  claimId: ClaimId;
}

/** The claim whose phone's code was all that somebody proved to do something, and when. */
export interface PasswordOrigin {
  claimId: ClaimId;
  at: Instant;
}

/** The password was set by somebody who had proved nothing but a code of a claim's phone. */
export interface PasswordByCode extends PasswordOrigin {
  /** What was replaced so, each when the code was proven; oldest first, a few of them. */
  replaced: { passwordHash: string | null; at: Instant }[];
  /** What was replaced is the password again. */
  isVoid?: true;
}

/** The e-mail was verified by somebody who had proved nothing but a code of a claim's phone; `former` (sealed) was the one before. */
export interface EmailOrigin extends PasswordOrigin {
  former: string | null;
}

/** The document of a payment user. */
export interface UserDoc {
  _id: string;
  /**
   * `pending` until what makes it reachable is committed. `abandoned`: it never was and never will be; its id stays
   * taken until nobody can be writing for it any more.
   */
  status: 'pending' | 'open' | 'closed' | 'abandoned';
  /** Sealed. */
  nickname: string | null;
  /** Sealed. */
  email: string | null;
  emailVerified: boolean;
  passwordHash: string | null;
  /** Absent, or null, where the password was set by more than the phone's code. */
  passwordOrigin?: PasswordByCode | null;
  customerId: CustomerId | null;
  /** Absent, or null, where the customer was named on more than the phone's code; `isVoid`: it was taken away since. */
  customerOrigin?: (PasswordOrigin & { isVoid?: true }) | null;
  phone: UserPhone | null;
  /** Rises whenever everything granted before must end: sessions and password writes carry the epoch they were made in. */
  epoch: number;
  /** What raised the epoch last, so that a step done twice raises it once. */
  epochCause: string | null;
  /** The token that verifies the e-mail which was given last; those of earlier ones are void. */
  emailAsked?: EmailTokenId | null;
  /** Absent, or null, where the e-mail was verified on more than the phone's code. */
  emailOrigin?: EmailOrigin | null;
  /** The change of a handle that is under way. */
  handleChange?: HandleChange | null;
  registeredAt: Instant;
  createdAt: Instant;
  abandonedAt: Instant | null;
}

/**
 * A change of a user's nickname or verified e-mail on its way: handle and user are two documents. It stands in the
 * user's document until both agree; one at a time.
 */
export interface HandleChange {
  /** Names this attempt: what a later one has taken over can do no more. */
  readonly changeId: string;
  readonly kind: HandleKind;
  /** Sealed: the handle that is to be the user's. */
  readonly to: string;
  /** Sealed: the one that was the user's when it began; null without one. */
  readonly from: string | null;
  readonly at: Instant;
}
