import { isUtf8 } from 'node:buffer';
import type { IncomingHttpHeaders } from 'node:http';
import { Webhook } from 'standardwebhooks';
import type { Registry } from '../../carriers/registry.ts';
import type { Instant } from '../../domain/instant.ts';
import type { Logger } from '../../platform/logger.ts';
import type { Metrics } from '../../platform/metrics.ts';
import type { CarrierCaller } from '../access.ts';
import { Problem } from '../problem.ts';
import type { ProblemCode } from '../problem-codes.ts';

/** A call that says which system it is from. Nothing of it is trusted. */
export interface SignedCall {
  readonly province: string;
  readonly system: string;
  readonly headers: IncomingHttpHeaders;
  readonly raw: Buffer;
}

/** Checks that a call is signed by the system it says it is from. Throws a `Problem`. */
export type SignatureCheck = (call: SignedCall) => CarrierCaller;

/** Standard Webhooks, "Verifying webhook authenticity" leaves the tolerance open: 5 minutes to either side. */
const toleranceSeconds = 5 * 60;

/** Unix seconds and nothing else: a looser reading would let one signature stand for two splits of the signed text. */
const UNIX_SECONDS = /^\d{1,12}$/;

/** Printable ASCII without spaces, at most as long as ids get: it is a key, never a text. */
const WEBHOOK_ID = /^[\x21-\x7e]{1,256}$/;

/** The name under which calls in the name of nobody we know are counted. */
const unknownCaller = 'unknown';

/**
 * Makes the check of carriers' signatures (Standard Webhooks) over the body's bytes, with each secret that the system
 * has at the moment: two while one replaces the other.
 *
 * A system that isn't configured gets the same answer as a wrong signature, so that nobody can find out which are.
 * A refused call leaves a count and a log line, and nothing else.
 */
export function createSignatureCheck({
  registry,
  metrics,
  logger,
  now,
}: {
  registry: Pick<Registry, 'systemOf'>;
  metrics: Pick<Metrics, 'signatureFailures'>;
  logger: Logger;
  now: () => Instant;
}): SignatureCheck {
  const webhooks = new Map<string, readonly Webhook[]>();

  /** Empty for a system that isn't configured, or doesn't report. */
  const webhooksOf = (province: string, system: string): readonly Webhook[] => {
    const configured = registry.systemOf(province, system);
    if (!configured) return [];
    const name = `${province}/${system}`;
    const known =
      webhooks.get(name) ?? configured.webhookSecrets.map((secret) => new Webhook(secret.reveal()));
    webhooks.set(name, known);
    return known;
  };

  const faultOf = (call: SignedCall): ProblemCode | null => {
    const { 'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': signature } = call.headers;
    if (typeof id !== 'string' || typeof timestamp !== 'string' || typeof signature !== 'string') {
      return 'signature_missing';
    }
    // Not UTF-8, two bodies would be one to the library.
    if (!WEBHOOK_ID.test(id) || !UNIX_SECONDS.test(timestamp) || !isUtf8(call.raw))
      return 'signature_invalid';
    const age = Math.floor(now() / 1_000) - Number(timestamp);
    if (Math.abs(age) > toleranceSeconds) return age > 0 ? 'signature_expired' : 'signature_invalid';
    const headers = { 'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': signature };
    const isSigned = webhooksOf(call.province, call.system).some((webhook) =>
      verifies(webhook, call.raw, headers),
    );
    return isSigned ? null : 'signature_invalid';
  };

  return (call) => {
    const fault = faultOf(call);
    const id = call.headers['webhook-id'];
    if (fault === null && typeof id === 'string') {
      return { kind: 'signature', province: call.province, system: call.system, webhookId: id };
    }
    const isKnown = registry.systemOf(call.province, call.system) !== undefined;
    const labels = isKnown
      ? { province: call.province, system: call.system }
      : { province: unknownCaller, system: unknownCaller };
    metrics.signatureFailures.inc(labels);
    logger.warn({ ...labels, fault }, 'A call was refused: its signature does not verify');
    throw new Problem(fault ?? 'signature_invalid');
  };
}

function verifies(webhook: Webhook, raw: Buffer, headers: Record<string, string>): boolean {
  try {
    webhook.verify(raw, headers, { jsonParse: false });
    return true;
  } catch {
    return false;
  }
}
