import type { Day, DurationMs } from '../domain/instant.ts';
import type { Joined } from '../domain/joined.ts';
import type { PhoneNumber } from '../domain/phone-number.ts';

/** Which system of which province something is asked of, by the ids of the registry. */
export type Home = { readonly province: string; readonly system: string };

/** How precisely a system knows the join date (入网时间) of a tenancy; `absent` where it tells none at all. */
type JoinDatePrecision = Joined['precision'] | 'absent';

/** What a system can be asked and what it reports, as the registry declares it. Rules use the cheapest that answers. */
export type Capabilities = {
  readonly joinDate: JoinDatePrecision;
  /** Answers "did the present tenancy begin after day D?". */
  readonly recycledSince: boolean;
  /** Compares a person with the customer of the line. */
  readonly match: boolean;
  /** Takes part in the binding handshake. */
  readonly binding: boolean;
  /** Tells bills and takes their payment. */
  readonly bills: boolean;
  /** Reports number events. */
  readonly events: boolean;
  /** Sends snapshots of its books. */
  readonly snapshots: boolean;
  /** The day, in the province's time zone, since which this province's reports are complete. */
  readonly trackedSince: Day;
  /** Whether the join date begins anew when the line is transferred to another person (过户). */
  readonly restartsOnTransfer: boolean;
};

/** What a line is now: held (`suspended` is 停机, still held), frozen after its cancellation, or nobody's. */
export type LineStatus = 'in-use' | 'suspended' | 'frozen' | 'not-in-use';

/** A system's record of a number's line. */
export type LineRecord = {
  /** The line's id, unique in its system. */
  readonly lineId: string;
  readonly status: LineStatus;
  /** Whether the number came from another carrier (携号转网); its join date may then be that of the port. */
  readonly portedIn: boolean;
  /** When the present tenancy began; null while nobody holds the number, and from a system that tells no join date. */
  readonly joined: Joined | null;
};

/** Whether the customer of the line is the person asked about; `no-customer` where the line has none on record. */
export type MatchResult = 'match' | 'no-match' | 'no-customer';

/**
 * Why a system's reply is no answer:
 * - `answer-malformed`: not the protocol: no JSON, wrong types, an unknown status, a missing field.
 * - `answer-contradictory`: well-formed and impossible: a held line without a join date, a join date in the future or
 *   in another precision than the registry declares.
 * - `request-refused`: the system calls the question itself bad.
 */
export type CannotSayReason = 'answer-malformed' | 'answer-contradictory' | 'request-refused';

/**
 * What came of a question. None but `answer` says anything about the number, and none of the others may ever be read
 * as "the tenancy is current". `no-capability` is final: this system will never answer that.
 */
export type CarrierAnswer<T> =
  | { readonly kind: 'answer'; readonly value: T }
  | { readonly kind: 'not-found' }
  | { readonly kind: 'cannot-say'; readonly reason: CannotSayReason }
  | { readonly kind: 'no-capability' };

/** Which record is asked for. */
type LineQuery = { readonly phone: PhoneNumber };

/** `since` is a day in the province's time zone. */
type RecycledSinceQuery = { readonly phone: PhoneNumber; readonly since: Day };

/** Whom to compare with the customer of the line; the name is normalised already. */
type MatchQuery = { readonly phone: PhoneNumber; readonly name: string; readonly idNumber: string };

/** The questions themselves, as every dialect puts them. All throw `CarrierUnavailable`, and nothing else. */
export interface CarrierCalls {
  /** The line's present record. */
  queryLine(query: LineQuery): Promise<CarrierAnswer<LineRecord>>;
  /** Whether the present tenancy began after the given day. */
  recycledSince(query: RecycledSinceQuery): Promise<CarrierAnswer<boolean>>;
  /** Whether the customer of the line is this person. */
  match(query: MatchQuery): Promise<CarrierAnswer<MatchResult>>;
}

/**
 * One system of one province, whatever it speaks. A call is made at most once (a token that was refused is renewed
 * first) and takes no longer than the wait for its turn and the system's call time-out; repeating it is the caller's.
 */
export interface CarrierGateway extends CarrierCalls {
  readonly home: Home;
  readonly capabilities: Capabilities;
}

/**
 * Why a system gave no reply:
 * - `time-out`, `connection-failed`, `server-error`: it was asked, and what it made of the question is unknown.
 * - `too-many-requests`: it wants to be asked less often.
 * - `credentials-refused`: it gives us no token, or refuses a fresh one.
 * - `breaker-open`, `rate-limited`: it was not asked, because it kept failing, or to keep within its limit.
 * - `dialect-failed`: a fault of ours.
 */
export type UnavailableReason =
  | 'time-out'
  | 'connection-failed'
  | 'server-error'
  | 'too-many-requests'
  | 'credentials-refused'
  | 'breaker-open'
  | 'rate-limited'
  | 'dialect-failed';

/**
 * A system gave no reply; nothing is known, and the same question may be asked again.
 *
 * Holds no personal data and no `cause`, since what a library puts into its errors isn't ours to vouch for.
 */
export class CarrierUnavailable extends Error {
  override readonly name = 'CarrierUnavailable';
  readonly home: Home;
  readonly reason: UnavailableReason;
  /** When asking again makes sense, in milliseconds from now; null where nobody said. */
  readonly retryAfterMs: DurationMs | null;

  constructor(facts: {
    home: Home;
    reason: UnavailableReason;
    /** A code for people who look into it (an errno, a status), never text that came over the wire. */
    detail?: string | undefined;
    retryAfterMs?: DurationMs | null | undefined;
  }) {
    const { home, reason, detail, retryAfterMs } = facts;
    super(
      `${home.province}/${home.system} is unavailable: ${reason}${detail === undefined ? '' : ` (${detail})`}`,
    );
    this.home = home;
    this.reason = reason;
    this.retryAfterMs = retryAfterMs ?? null;
  }
}
