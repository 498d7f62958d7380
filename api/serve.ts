import { finished, type Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Request, RequestHandler, Response } from 'express';
import type { Instant } from '../domain/instant.ts';
import { currentCorrelator } from '../platform/correlator.ts';
import type { KeptAnswer } from '../store/idempotency.ts';
import type { Caller } from './access.ts';
import type { Authenticator } from './middleware/authenticate.ts';
import {
  checkMediaType,
  discardRest,
  encodingOf,
  parseJson,
  readBody,
  watchStream,
} from './middleware/body.ts';
import {
  DigestTap,
  IDEMPOTENCY_KEY_HEADER,
  type Idempotent,
  idempotencyKeyOf,
  type KeyedRequest,
} from './middleware/idempotency.ts';
import { nameRoute } from './middleware/measure.ts';
import type { SessionCheck, UserSession } from './middleware/user-session.ts';
import type { SignatureCheck } from './middleware/verify-signature.ts';
import { Problem, problemBody, problemMediaType } from './problem.ts';
import type { AnyAnswer, Route } from './route.ts';

/** What stands between a request and its handler. */
export interface Guards {
  readonly authenticator: Authenticator;
  readonly checkSignature: SignatureCheck;
  readonly checkSession: SessionCheck;
  readonly idempotent: Idempotent;
  readonly now: () => Instant;
}

/** A body on its way to the handler. */
interface ReceivedBody {
  readonly raw: Buffer;
  readonly stream: DigestTap | null;
  readonly encoding: string | null;
}

const noBody: ReceivedBody = { raw: Buffer.alloc(0), stream: null, encoding: null };

/**
 * Makes the Express handler of a route. The order of the checks is that of their cost, and nobody learns anything of
 * a route before it is known who asks: caller, session, media type, size, JSON, schemas, idempotency key, and then the handler.
 */
export function serve(route: Route, guards: Guards): RequestHandler {
  return async (request, response) => {
    nameRoute(response.locals, route.path);
    const receivedAt = guards.now();
    try {
      const identified = route.access.kind === 'signature' ? null : await identify(route, request, guards);
      const session = await sessionOf(route, request, guards);
      const body = await receive(route, request);
      const caller = identified ?? signer(request, body.raw, guards);
      const answer = route.prepare({
        params: request.params,
        query: request.query,
        body: body.stream ?? (route.body === undefined ? undefined : parseJson(body.raw)),
        caller,
        session,
        requestRef: guards.idempotent.refOf(caller, keyOf(route, request)),
        address: request.ip ?? '',
        correlator: currentCorrelator() ?? '',
        receivedAt,
        raw: body.raw,
        encoding: body.encoding,
      });
      await answerUnderKey({ route, request, response, caller, body, answer, guards });
    } finally {
      discardRest(request);
    }
  };
}

async function identify({ access }: Route, request: Request, { authenticator }: Guards): Promise<Caller> {
  return access.kind === 'token' ? authenticator.authenticate(access, request.headers) : { kind: 'public' };
}

async function sessionOf(
  { access }: Route,
  { headers, params }: Request,
  { checkSession }: Guards,
): Promise<UserSession | null> {
  if (access.kind !== 'token' || access.session === undefined) return null;
  const userId = typeof params.id === 'string' ? params.id : undefined;
  return checkSession({ headers, userId, needs: access.session });
}

function signer(request: Request, raw: Buffer, { checkSignature }: Guards): Caller {
  const { province, system } = request.params;
  return checkSignature({
    province: String(province),
    system: String(system),
    headers: request.headers,
    raw,
  });
}

async function receive({ body }: Route, request: Request): Promise<ReceivedBody> {
  if (body === undefined) return noBody;
  checkMediaType(request, body);
  if (body.kind === 'json') return { ...noBody, raw: await readBody(request, body) };
  const encoding = encodingOf(request, body);
  watchStream(request);
  // A caller who leaves in the middle ends the handler's stream with an error, as it must.
  const tap = new DigestTap();
  tap.on('error', () => undefined);
  finished(request, (error) => {
    if (error) tap.destroy(error);
  });
  // Not a pipeline: a handler that stops reading early would end the connection before its answer.
  request.pipe(tap);
  return { ...noBody, stream: tap, encoding };
}

async function answerUnderKey({
  route,
  request,
  response,
  caller,
  body,
  answer,
  guards,
}: {
  route: Route;
  request: Request;
  response: Response;
  caller: Caller;
  body: ReceivedBody;
  answer: () => Promise<AnyAnswer>;
  guards: Guards;
}): Promise<void> {
  const key = keyOf(route, request);
  if (key === null || caller.kind !== 'token') {
    await send(route, response, await answer());
    return;
  }
  const asked: KeyedRequest = {
    key,
    caller,
    target: `${request.method} ${request.originalUrl}`,
    body: body.stream ? { kind: 'stream', tap: body.stream } : { kind: 'whole', raw: body.raw },
  };
  sendKept(response, await guards.idempotent.answer(asked, () => keptAnswer(answer)));
}

const keyOf = (route: Route, request: Request): string | null =>
  takesKey(route) ? idempotencyKeyOf(request.get(IDEMPOTENCY_KEY_HEADER)) : null;

/** Whether a route takes an `Idempotency-Key`: the POSTs of clients do, unless they say otherwise. */
export const takesKey = (route: Pick<Route, 'method' | 'access' | 'idempotent'>): boolean =>
  route.method === 'post' && route.access.kind === 'token' && route.idempotent !== false;

/** The answer in the form in which it can be given again. A problem is an answer too. */
async function keptAnswer(answer: () => Promise<AnyAnswer>): Promise<KeptAnswer> {
  try {
    const { status, headers = {}, body } = await answer();
    const type = body === undefined ? {} : { 'content-type': 'application/json' };
    return { status, headers: { ...type, ...headers }, body: body === undefined ? '' : JSON.stringify(body) };
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    return {
      status: error.status,
      headers: { 'content-type': problemMediaType, ...error.headers },
      body: JSON.stringify(problemBody(error)),
    };
  }
}

function sendKept(response: Response, { status, headers, body }: KeptAnswer): void {
  response.writeHead(status, headers).end(body);
}

async function send(
  route: Route,
  response: Response,
  { status, headers = {}, body }: AnyAnswer,
): Promise<void> {
  const mediaType = route.responses[status]?.mediaType ?? 'application/json';
  if (body !== undefined) response.setHeader('content-type', mediaType);
  for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
  response.status(status);
  if (body === undefined) {
    response.end();
  } else if (isStream(body)) {
    await pipeline(body, response);
  } else if (typeof body === 'string') {
    response.end(body);
  } else {
    response.end(JSON.stringify(body));
  }
}

function isStream(body: unknown): body is Readable {
  return typeof body === 'object' && body !== null && 'pipe' in body && typeof body.pipe === 'function';
}
