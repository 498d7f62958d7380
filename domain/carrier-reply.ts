import type { Day, Instant } from './instant.ts';
import type { Joined } from './joined.ts';

/**
 * Why there is no answer.
 * - `not-found`: the system doesn't know the number.
 * - `cannot-say`: it replied with something that is no answer.
 * - `no-capability`: it will never answer this question.
 * - `unavailable`: no reply (time-out, refused connection, limit, open breaker); asking again may help.
 */
export type NoAnswer = 'not-found' | 'cannot-say' | 'no-capability' | 'unavailable';

/** What came of a question to a carrier. */
export type Reply<T> = { readonly kind: 'answer'; readonly value: T } | { readonly kind: NoAnswer };

/** A reply, and who gave it when: `source` is the system asked (`province/system`). */
export type Asked<T> = { readonly source: string; readonly at: Instant; readonly reply: Reply<T> };

/** What a carrier's record says of a number's line now. */
export type LineFacts = {
  /** `suspended` (停机) is held; `frozen` and `not-in-use` are nobody's. */
  readonly status: 'in-use' | 'suspended' | 'frozen' | 'not-in-use';
  /** Came from another carrier (携号转网), so that its join date may be that of the port. */
  readonly portedIn: boolean;
  /** When the present tenancy began; null where nobody holds the number or the system doesn't tell. */
  readonly joined: Joined | null;
};

/** Whether the present tenancy began after the day `since`, a day in the carrier's time zone. */
export type AskedSince = Asked<boolean> & { readonly since: Day };

/** Whether the line's customer is the person asked about; `no-customer` where none is on record. */
export type MatchAnswer = 'match' | 'no-match' | 'no-customer';
