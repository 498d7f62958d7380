import express, { type Router } from 'express';
import { Webhook } from 'standardwebhooks';
import { z } from 'zod';
import { formatInstant, type Instant } from '../domain/instant.ts';
import { parsePhoneNumber } from '../domain/phone-number.ts';
import type { Messages } from './messages.ts';
import { Problem, read } from './problem.ts';

/** Seconds that a signature may be old or ahead, as at most gateways. */
const toleranceSeconds = 5 * 60;

const messageSchema = z.strictObject({
  to: z.string().refine((text) => parsePhoneNumber(text).ok, 'must be a phone number of +86 in E.164'),
  text: z.string().min(1).max(500),
  purpose: z.string(),
  code: z.string(),
});

/**
 * `POST /sms/messages`: takes a signed message to a phone and keeps it, once for each `webhook-id`. What isn't signed
 * with the secret, or is older than five minutes, is 401.
 */
export function smsGateway({
  secret,
  messages,
  now,
}: {
  secret: string;
  messages: Messages;
  now: () => Instant;
}): Router {
  const webhook = new Webhook(secret);
  const router = express.Router();
  router.post('/messages', express.raw({ type: () => true, limit: '16kb' }), (request, response) => {
    const raw = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
    const id = request.get('webhook-id') ?? '';
    const timestamp = request.get('webhook-timestamp') ?? '';
    const signature = request.get('webhook-signature') ?? '';
    if (!isSigned({ webhook, raw, id, timestamp, signature, at: now() })) {
      throw new Problem(401, 'signature_invalid', 'The message is not signed, or not by Linekeeper');
    }
    const { to, text } = read(messageSchema, jsonOf(raw));
    const taken = { channel: 'sms', at: now(), to, subject: null, messageId: id, text } as const;
    messages.takeOnce(taken);
    response.status(202).json({ messageId: id, takenAt: formatInstant(taken.at) });
  });
  return router;
}

function isSigned({
  webhook,
  raw,
  id,
  timestamp,
  signature,
  at,
}: {
  webhook: Webhook;
  raw: Buffer;
  id: string;
  timestamp: string;
  signature: string;
  at: Instant;
}): boolean {
  if (id === '' || !/^\d{1,12}$/.test(timestamp)) return false;
  if (Math.abs(at / 1_000 - Number(timestamp)) > toleranceSeconds) return false;
  const signed = webhook.sign(id, new Date(Number(timestamp) * 1_000), raw.toString('utf8'));
  // It may carry several signatures, for a secret that is being changed.
  return signature.split(' ').includes(signed);
}

function jsonOf(raw: Buffer): unknown {
  try {
    return JSON.parse(raw.toString('utf8'));
  } catch {
    throw new Problem(400, 'bad_request', 'The body is not JSON');
  }
}
