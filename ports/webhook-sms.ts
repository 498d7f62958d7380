import { Webhook } from 'standardwebhooks';
import type { DurationMs, Instant } from '../domain/instant.ts';
import { type Sms, SmsError, type SmsPort } from './sms.ts';
import { postSms } from './sms-call.ts';

/**
 * Hands messages to any gateway that takes `POST` of `{to, text, purpose, code}`, signed as in Standard Webhooks. The
 * gateway answers 2xx once it has taken a message; `webhook-id` is the same when the same one comes again.
 */
export function createWebhookSms({
  url,
  secret,
  now = Date.now,
  timeout,
}: {
  url: string;
  /** `whsec_` and base64. */
  secret: string;
  now?: () => Instant;
  /** How long the gateway may be silent. */
  timeout?: DurationMs;
}): SmsPort {
  const webhook = new Webhook(secret);
  return {
    async send({ to, text, template: { purpose, code }, idempotencyKey }: Sms) {
      const body = JSON.stringify({ to, text, purpose, code });
      const at = new Date(now());
      const { status } = await postSms({
        url,
        body,
        timeout,
        headers: {
          'content-type': 'application/json',
          'webhook-id': idempotencyKey,
          'webhook-timestamp': String(Math.floor(at.getTime() / 1_000)),
          'webhook-signature': webhook.sign(idempotencyKey, at, body),
        },
      });
      if (status >= 200 && status < 300) return;
      const isTransient = status >= 500 || status === 408 || status === 429;
      throw new SmsError(
        isTransient ? 'transient' : 'permanent',
        `The SMS gateway did not take a message (status ${status})`,
      );
    },
  };
}
