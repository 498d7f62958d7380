import express, { type Router } from 'express';
import { z } from 'zod';
import type { Messages } from '../messages.ts';
import { read } from '../problem.ts';
import { phoneInQuery } from './requests.ts';

const smsQuery = z.strictObject({ phone: phoneInQuery.optional() });
/** An e-mail address, whose unescaped `+` has arrived as a space. */
const address = z.string().transform((text) => text.replaceAll(' ', '+').toLowerCase());
const mailQuery = z.strictObject({ to: address.optional() });

/** `/_sim/sms` and `/_sim/mail`: what phones and addresses were sent. */
export function messageControls({ messages }: { messages: Messages }): Router {
  const router = express.Router();
  router.get('/sms', (request, response) => {
    response.json({ items: messages.sent('sms', read(smsQuery, request.query).phone) });
  });
  router.get('/mail', (request, response) => {
    response.json({ items: messages.sent('mail', read(mailQuery, request.query).to) });
  });
  return router;
}
