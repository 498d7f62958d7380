import type { Instant } from '../instant.ts';
import type { PhoneNumber } from '../phone-number.ts';
import type { NumberEvent } from './event.ts';

/** A carrier's event about a number as it came in, checked at the edge. */
export interface ReportedEvent extends NumberEvent {
  readonly phone: PhoneNumber;
  /** Position in its system's feed (CloudEvents `sequence`); null where the feed has none. */
  readonly sequence: number | null;
}

/** A sign of life of a system's feed (`feed.heartbeat`): it says which events must have come, and nothing of numbers. */
export interface Heartbeat {
  readonly at: Instant;
  readonly sequence: number | null;
}

/** The signed call that events came by. */
export interface ReportedCall {
  readonly province: string;
  readonly system: string;
  /** Keyed hash of the call's `webhook-id`. */
  readonly webhookRef: string;
  readonly receivedAt: Instant;
  readonly correlator: string;
}
