import { Webhook } from 'standardwebhooks';
import type { Instant } from '../../domain/instant.ts';
import { type SimulatorConfig, type SystemName, systemOf } from '../config.ts';

/** A call to Linekeeper, signed by a system as in Standard Webhooks. */
interface SignedCall {
  readonly from: SystemName;
  /** What follows `/v1/carriers/{province}/{system}/`. */
  readonly path: 'events' | 'bindings';
  /** The `webhook-id`: the same at every retry. */
  readonly webhookId: string;
  readonly contentType: string;
  readonly body: string;
  /** Milliseconds until the call is given up. */
  readonly timeout: number;
}

/** What came back. */
interface SignedCallAnswer {
  readonly status: number;
  readonly contentType: string | null;
  readonly location: string | null;
  readonly body: string;
}

/** Makes signed calls; null when there was no answer in time. It never throws for what the other side does. */
export type SignedCaller = (call: SignedCall) => Promise<SignedCallAnswer | null>;

/** Calls Linekeeper with the systems' secrets. `closing` breaks off what is under way. */
export function createSignedCaller({
  config,
  now,
  closing,
}: {
  config: SimulatorConfig;
  now: () => Instant;
  closing: AbortSignal;
}): SignedCaller {
  return async ({ from, path, webhookId, contentType, body, timeout }) => {
    const secret = systemOf(config, from)?.webhookSecret;
    if (secret === undefined) {
      return null;
    }
    // Signed anew at each attempt: the receiver tolerates 5 minutes, and a retry may come later than that.
    const timestamp = new Date(now());
    try {
      const response = await fetch(
        new URL(`/v1/carriers/${from.province}/${from.system}/${path}`, config.linekeeperUrl),
        {
          method: 'POST',
          redirect: 'manual',
          headers: {
            'content-type': contentType,
            'webhook-id': webhookId,
            'webhook-timestamp': String(Math.floor(timestamp.getTime() / 1_000)),
            'webhook-signature': new Webhook(secret).sign(webhookId, timestamp, body),
          },
          body,
          signal: AbortSignal.any([closing, AbortSignal.timeout(timeout)]),
        },
      );
      return {
        status: response.status,
        contentType: response.headers.get('content-type'),
        location: response.headers.get('location'),
        body: await response.text(),
      };
    } catch {
      return null;
    }
  };
}
