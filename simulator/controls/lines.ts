import express, { type Request, type Response, type Router } from 'express';
import { z } from 'zod';
import type { Instant } from '../../domain/instant.ts';
import type { Books } from '../books/books.ts';
import type { LineChange } from '../books/line.ts';
import { viewLine } from '../books/line-view.ts';
import type { Delivered, Delivery } from '../feed/delivery.ts';
import type { FeedEvent, Outbox } from '../feed/outbox.ts';
import type { LineDesk, Told } from '../line-desk.ts';
import { Problem, read } from '../problem.ts';
import { identity, instant, phone } from './requests.ts';

const recordSchema = z.strictObject({
  province: z.string(),
  system: z.string(),
  lineId: z.string().min(1).optional(),
  joinedAt: instant,
  /** Left out or null: the line was never registered under a real name. */
  identity: identity.nullish(),
  status: z.literal('in-use').optional(),
  portedIn: z.boolean().default(false),
});

const changeSchema = z.strictObject({
  at: instant.optional(),
  /** Of a reissue or transfer; the others know their holder. */
  identity: identity.optional(),
  /** Of a port. */
  system: z.string().optional(),
  silent: z.boolean().default(false),
});

/** Replays at once: enough to try what a flood of repetitions does, without being one. */
const MOST_REPLAYS = 100;
const replaySchema = z.strictObject({ count: z.int().min(1).max(MOST_REPLAYS).default(1) });

const retractSchema = z.strictObject({ eventId: z.string().optional(), at: instant.optional() });

const changeKinds: readonly LineChange['kind'][] = [
  'cancel',
  'reclaim',
  'reissue',
  'transfer',
  'suspend',
  'restore',
  'port',
];

/** What the line controls stand on. */
export interface LineControlParts {
  readonly desk: LineDesk;
  readonly books: Books;
  readonly outbox: Outbox;
  readonly delivery: Delivery;
  readonly now: () => Instant;
}

/** `/_sim/lines/…`: shows and writes the books, and lets things happen to a line. */
export function lineControls({ desk, books, outbox, delivery, now }: LineControlParts): Router {
  const router = express.Router();
  const phoneOf = (request: Request): string => read(phone, request.params.phone);

  async function answer(response: Response, { line, event }: Told): Promise<void> {
    const delivered = event?.state === 'waiting' ? await delivery.send(event) : null;
    response.json({
      line: viewLine(books, line),
      event: event === null ? null : contentOf(event),
      delivered,
    });
  }

  router.get('/:phone', (request, response) => {
    const line = desk.line(phoneOf(request));
    response.json({
      line: viewLine(books, line),
      events: outbox.ofLine(line.phone).map((event) => ({
        event: contentOf(event),
        delivery: { state: event.state, attempts: event.attempts, status: event.status },
      })),
    });
  });

  router.put('/:phone', async (request, response) => {
    const record = read(recordSchema, request.body);
    await answer(response, { line: desk.put({ ...record, phone: phoneOf(request) }), event: null });
  });

  for (const kind of changeKinds) {
    router.post(`/:phone/${kind}`, async (request, response) => {
      const { at = now(), ...change } = read(changeSchema, request.body);
      await answer(response, desk.change({ ...change, phone: phoneOf(request), kind, at }));
    });
  }

  router.post('/:phone/retract', async (request, response) => {
    const { eventId, at = now() } = read(retractSchema, request.body);
    await answer(response, desk.retract({ phone: phoneOf(request), eventId, at }));
  });

  router.post('/:phone/replay', async (request, response) => {
    const { count } = read(replaySchema, request.body);
    const line = desk.line(phoneOf(request));
    const event = outbox.ofLine(line.phone).at(-1);
    if (event === undefined) {
      throw new Problem(404, 'event_not_found', 'There is no event of this line yet');
    }
    const copies: Delivered[] = await Promise.all(
      Array.from({ length: count }, () => delivery.sendCopy(event)),
    );
    response.json({
      line: viewLine(books, line),
      event: contentOf(event),
      delivered: copies.at(-1) ?? null,
    });
  });

  return router;
}

/** The CloudEvents event as it was or will be sent. */
function contentOf(event: FeedEvent): Record<string, unknown> {
  return JSON.parse(event.body) as Record<string, unknown>;
}
