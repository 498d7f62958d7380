import type { NumberEvent } from '../../domain/number/event.ts';
import type { PhoneNumber } from '../../domain/phone-number.ts';

/** The task queue of our own: workflows and the steps that touch our store. */
export const mainTaskQueue = 'linekeeper';

/** A carrier's event about a number, checked at the edge. */
export interface ReportedEvent extends NumberEvent {
  readonly phone: PhoneNumber;
  /** Position in its system's feed (CloudEvents `sequence`); null where the feed has none. */
  readonly sequence: number | null;
}

/** A sign of life of a system's feed (`feed.heartbeat`): it says which events must have come, and nothing of numbers. */
export interface Heartbeat {
  readonly at: number;
  readonly sequence: number | null;
}

/** One signed call of a province system: all that was acknowledged with it. */
export interface CarrierEventsInput {
  readonly province: string;
  readonly system: string;
  /** Keyed hash of the call's `webhook-id`. */
  readonly webhookRef: string;
  readonly receivedAt: number;
  readonly correlator: string;
  readonly events: readonly ReportedEvent[];
  readonly heartbeats: readonly Heartbeat[];
}

/** The workflow type's name, for clients that don't load its code. */
export const carrierEventsWorkflow = 'takeInCarrierEvents';

/**
 * The workflow of one signed call. The call's own id is in it, so that a repeated call finds the first one: Temporal
 * keeps it for as long as the namespace's retention.
 */
export const carrierEventsWorkflowId = ({
  province,
  system,
  webhookRef,
}: Pick<CarrierEventsInput, 'province' | 'system' | 'webhookRef'>): string =>
  `carrier-events:${province}:${system}:${webhookRef}`;

/** The memo field with the digest of the call's body: tells a repeated call from another one under the same id. */
export const bodyDigestMemo = 'bodyDigest';
