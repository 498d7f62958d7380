import { setTimeout as pause } from 'node:timers/promises';
import express, { type NextFunction, type Request, type Response, type Router } from 'express';
import { z } from 'zod';
import { parseDay } from '../../domain/instant.ts';
import type { Books } from '../books/books.ts';
import type { Line } from '../books/line.ts';
import { type Capabilities, systemOf } from '../config.ts';
import {
  type Answer,
  answerMatch,
  answerQuery,
  answerRecycledSince,
  capabilityMissing,
  errorAnswer,
  lineNotFound,
  type Manner,
  notFound,
  outOfService,
  send,
} from './answers.ts';
import type { CallKind } from './calls.ts';
import { type TokenEndpointParts, tokenEndpoint } from './token-endpoint.ts';

/**
 * Milliseconds that a "slow" line's answer takes: longer than a caller's time-out ought to be, short enough for a
 * hand trial.
 */
const SLOW_MS = 10_000;

const unauthorized = errorAnswer(401, 'unauthorized', 'No access token of this province, or an expired one');

const phone = z.string().min(1);
const querySchema = z.strictObject({ phone });
const recycledSinceSchema = z.strictObject({ phone, date: z.string().refine((text) => parseDay(text).ok) });
const matchSchema = z.strictObject({ phone, name: z.string(), idNumber: z.string() });

/** What the provinces answer from. `closing` breaks off what would be answered late. */
export interface CarrierApiParts extends TokenEndpointParts {
  readonly books: Books;
  readonly closing: AbortSignal;
}

/** One call of the dialect: what its body is, which systems know it, and what they answer about a line. */
interface Call<Body extends { phone: string }> {
  readonly kind: CallKind;
  readonly schema: z.ZodType<Body>;
  readonly can: (capabilities: Capabilities) => boolean;
  readonly answer: (on: { line: Line; body: Body; manner: Manner }) => Answer;
}

/** The side of the provinces that Linekeeper calls, in the json-http dialect. */
export function carrierApi(parts: CarrierApiParts): Router {
  const { books } = parts;
  const router = express.Router();
  router.use((request, response, next) => {
    const correlator = request.get('x-correlator');
    if (correlator !== undefined) {
      response.set('x-correlator', correlator);
    }
    next();
  });
  router.use(tokenEndpoint(parts));
  router.use(express.json());

  const serve = <Body extends { phone: string }>(call: Call<Body>): void => {
    router.post(
      `/:province/:system/lines/${call.kind}`,
      (request: Request<{ province: string; system: string }>, response: Response) =>
        exchange({ parts, call, request, response }),
    );
  };
  serve({
    kind: 'query',
    schema: querySchema,
    can: () => true,
    answer: ({ line, manner }) => answerQuery(line, manner),
  });
  serve({
    kind: 'recycled-since',
    schema: recycledSinceSchema,
    can: ({ recycledSince }) => recycledSince,
    answer: ({ line, body: { date }, manner: { timeZone } }) => answerRecycledSince(line, { date, timeZone }),
  });
  serve({
    kind: 'match',
    schema: matchSchema,
    can: ({ match }) => match,
    answer: ({ line, body: asked }) => {
      const { holder } = line.tenancy;
      return answerMatch(line, {
        customer: holder === null ? null : books.customer(holder.customerId),
        asked,
      });
    },
  });
  router.use((_request, response) => send(response, notFound));
  router.use((_error: unknown, _request: Request, response: Response, _next: NextFunction) =>
    send(response, errorAnswer(400, 'bad_request', 'The body is not what was announced')),
  );
  return router;
}

async function exchange<Body extends { phone: string }>({
  parts,
  call,
  request,
  response,
}: {
  parts: CarrierApiParts;
  call: Call<Body>;
  request: Request<{ province: string; system: string }>;
  response: Response;
}): Promise<void> {
  const { province, system } = request.params;
  const { config, faults, calls, tokens, closing } = parts;
  const systemConfig = systemOf(config, { province, system });
  const timeZone = config.provinces[province]?.timeZone;
  if (systemConfig === undefined || timeZone === undefined) {
    send(response, notFound);
    return;
  }
  calls.count({ province, system, kind: call.kind });
  if (faults.of(province).down === true || faults.fails(province)) {
    send(response, outOfService);
    return;
  }
  const token = /^Bearer (\S+)$/i.exec(request.get('authorization') ?? '')?.[1];
  if (token === undefined || !tokens.accepts(province, token)) {
    response.set('www-authenticate', 'Bearer');
    send(response, unauthorized);
    return;
  }
  // Carried out first and answered late, as by a real province: who gives up waiting can't know what was done.
  const manner = { capabilities: systemConfig.capabilities, timeZone };
  const { answer, line } = carryOut(parts.books, { call, body: request.body, province, system, manner });
  const dropped = faults.hits(province, 'dropResponses') || line?.quirk === 'mute';
  const late = (faults.of(province).latencyMs ?? 0) + (line?.quirk === 'slow' ? SLOW_MS : 0);
  if (late > 0) {
    await pause(late, undefined, { signal: closing }).catch(() => undefined);
  }
  if (dropped || closing.aborted) {
    request.socket.destroy();
    return;
  }
  send(response, line?.quirk === 'erring' ? outOfService : answer);
}

function carryOut<Body extends { phone: string }>(
  books: Books,
  asked: { call: Call<Body>; body: unknown; province: string; system: string; manner: Manner },
): { answer: Answer; line: Line | null } {
  const { call, manner } = asked;
  if (!call.can(manner.capabilities)) {
    return { answer: capabilityMissing, line: null };
  }
  const parsed = call.schema.safeParse(asked.body);
  if (!parsed.success) {
    const where = parsed.error.issues.map((issue) => issue.path.join('.') || 'body').join(', ');
    return { answer: errorAnswer(400, 'bad_request', `Missing or wrong: ${where}`), line: null };
  }
  const line = books.findLine(parsed.data.phone);
  if (line === null || line.province !== asked.province || line.system !== asked.system) {
    return { answer: lineNotFound, line: null };
  }
  return { answer: call.answer({ line, body: parsed.data, manner }), line };
}
