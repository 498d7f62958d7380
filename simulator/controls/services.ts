import { randomUUID } from 'node:crypto';
import express, { type Router } from 'express';
import { z } from 'zod';
import type { Books } from '../books/books.ts';
import type { FaultBoard } from '../faults.ts';
import type { SignedCaller } from '../feed/signed-call.ts';
import type { LineDesk } from '../line-desk.ts';
import { Problem, read } from '../problem.ts';
import { identity, phone } from './requests.ts';

const counterSchema = z.strictObject({
  phone,
  channel: z.enum(['counter', 'online-hall']),
  identity,
  clerk: z.string().min(1).optional(),
  replaceUnverified: z.boolean().optional(),
  services: z.array(z.string()).optional(),
});
const monthSchema = z.string().regex(/^\d{4}-(0[1-9]|1[0-2])$/, 'must be a month, YYYY-MM');
const billSchema = z.strictObject({ amountFen: z.int().min(0) });

/** Milliseconds that a clerk waits: Linekeeper answers within 2 s, with a 202 if need be. */
const CLERK_WAITS_MS = 15_000;

/** What the controls of bindings and bills stand on. */
export interface ServiceControlParts {
  readonly desk: LineDesk;
  readonly books: Books;
  readonly faults: FaultBoard;
  readonly call: SignedCaller;
}

/** `/_sim/counter/bindings`, `/_sim/bindings`, `/_sim/bills` and `/_sim/payments`: what hangs on a line. */
export function serviceControls({ desk, books, faults, call }: ServiceControlParts): Router {
  const router = express.Router();

  router.post('/counter/bindings', async (request, response) => {
    const asked = read(counterSchema, request.body);
    const { province, system, tenancy } = desk.line(asked.phone);
    if (faults.of(province).down === true) {
      throw new Problem(503, 'out_of_service', 'The province is out of service');
    }
    const answer = await call({
      from: { province, system },
      path: 'bindings',
      webhookId: randomUUID(),
      contentType: 'application/json',
      body: JSON.stringify({ ...asked, lineId: tenancy.lineId }),
      timeout: CLERK_WAITS_MS,
    });
    if (answer === null) {
      throw new Problem(504, 'no_answer', 'Linekeeper gave no answer');
    }
    if (answer.location !== null) {
      response.set('location', answer.location);
    }
    response.status(answer.status).set('content-type', answer.contentType ?? 'application/json');
    response.end(answer.body);
  });

  router.get('/bindings/:phone', (request, response) => {
    response.json({ items: books.bindings(read(phone, request.params.phone)) });
  });

  router.put('/bills/:phone/:month', (request, response) => {
    const { phone: of } = desk.line(read(phone, request.params.phone));
    const bill = {
      phone: of,
      month: read(monthSchema, request.params.month),
      amountFen: read(billSchema, request.body).amountFen,
    };
    books.writeBill(bill);
    response.json(bill);
  });

  router.get('/payments/:phone', (request, response) => {
    response.json({ items: books.payments(read(phone, request.params.phone)) });
  });

  return router;
}
