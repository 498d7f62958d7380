import type { Heartbeat, ReportedCall, ReportedEvent } from '../../domain/number/report.ts';

/** One signed call of a province system: all that was acknowledged with it. */
export interface CarrierEventsInput extends ReportedCall {
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
