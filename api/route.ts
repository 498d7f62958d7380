import type { Readable } from 'node:stream';
import { z } from 'zod';
import type { Instant } from '../domain/instant.ts';
import type { Access, Caller, CallerOf } from './access.ts';
import type { JsonBody, StreamBody } from './body-spec.ts';
import type { UserSession } from './middleware/user-session.ts';
import type { ProblemCode } from './problem-codes.ts';
import { parsePart } from './validation.ts';

/** One answer that a route can give. Without a schema and a media type it has no body. */
export interface ResponseSpec {
  readonly description: string;
  readonly schema?: z.ZodType;
  /** For bodies that aren't JSON: a text, or a stream of one. */
  readonly mediaType?: string;
  /** Headers of this answer, with their descriptions. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly example?: unknown;
}

/** A problem that a route answers with another status than usual, or with members of its own. */
export interface ProblemOfRoute {
  readonly code: ProblemCode;
  readonly status: number;
}

/** The answers of a route that are no problems, by status. */
export type Responses = Readonly<Record<number, ResponseSpec>>;

/** The body that a response has. */
type ResponseBody<R extends ResponseSpec> = R extends { readonly schema: infer S extends z.ZodType }
  ? { body: z.input<S> }
  : R extends { readonly mediaType: string }
    ? { body: string | Readable }
    : { body?: undefined };

/** What a handler returns: one of the declared statuses with the body that belongs to it. */
export type Answer<R extends Responses> = {
  [S in keyof R & number]: {
    status: S;
    headers?: Readonly<Record<string, string>>;
  } & ResponseBody<R[S]>;
}[keyof R & number];

/** An answer of whatever route. */
export interface AnyAnswer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

/** What a handler gets of a JSON body, of a stream, or where there is none. */
type BodyValue<B> = B extends JsonBody<infer Value> ? Value : B extends StreamBody ? Readable : undefined;

/** The session that comes with a request of that access. */
type SessionOf<A extends Access> = A extends { readonly session: 'live' | 'fresh' } ? UserSession : null;

/** What a handler is given: everything checked. */
export interface RouteInput<A extends Access, Params, Query, Body> {
  readonly params: Params;
  readonly query: Query;
  readonly body: Body;
  readonly caller: CallerOf<A>;
  /** The session of the user that is changed, where the access asks for one. */
  readonly session: SessionOf<A>;
  /**
   * Names this request: a keyed hash of client and `Idempotency-Key`, so that the same one comes again after a crash;
   * without a key made up for this request alone.
   */
  readonly requestRef: string;
  /** The address that the request is from: the end user's, where a trusted caller passes it on. */
  readonly address: string;
  readonly correlator: string;
  /** When the request came in. */
  readonly receivedAt: Instant;
  /** The body's bytes as they came; empty without a body, and for a stream. */
  readonly raw: Buffer;
  /** `content-encoding` of a stream, in lower case; null where it has none. */
  readonly encoding: string | null;
}

/** A request after its caller was checked, before its parts are. */
export interface RawRequest {
  readonly params: unknown;
  readonly query: unknown;
  /** Parsed JSON, a stream, or undefined. */
  readonly body: unknown;
  readonly caller: Caller;
  readonly session: UserSession | null;
  readonly requestRef: string;
  readonly address: string;
  readonly correlator: string;
  readonly receivedAt: Instant;
  readonly raw: Buffer;
  readonly encoding: string | null;
}

type NoParts = z.ZodObject<Record<never, never>, z.core.$strict>;

/** The declaration of one route: the server checks by it, and OpenAPI is written from it. */
export interface RouteSpec<
  A extends Access,
  P extends z.ZodObject,
  Q extends z.ZodObject,
  B extends JsonBody<unknown> | StreamBody | undefined,
  R extends Responses,
> {
  readonly method: 'get' | 'post' | 'put' | 'patch' | 'delete';
  /** With parameters in braces, as in OpenAPI. */
  readonly path: `/${string}`;
  /** OpenAPI's `operationId`. */
  readonly id: string;
  readonly tag: string;
  readonly summary: string;
  readonly description?: string;
  readonly access: A;
  readonly params?: P;
  readonly query?: Q;
  readonly body?: B;
  readonly responses: R;
  /** The problems of this route, beside those that its access, its parts and every route bring along. */
  readonly problems?: readonly (ProblemCode | ProblemOfRoute)[];
  /** False for a POST that takes no `Idempotency-Key`. */
  readonly idempotent?: false;
}

/** Does what a route is for. */
type Handler<
  A extends Access,
  P extends z.ZodObject,
  Q extends z.ZodObject,
  B extends JsonBody<unknown> | StreamBody | undefined,
  R extends Responses,
> = (input: RouteInput<A, z.output<P>, z.output<Q>, BodyValue<B>>) => Promise<Answer<R>>;

/** A route whose types are closed over. */
export interface Route
  extends Omit<
    RouteSpec<Access, z.ZodObject, z.ZodObject, JsonBody<unknown> | StreamBody | undefined, Responses>,
    'params' | 'query' | 'body'
  > {
  readonly params: z.ZodObject;
  readonly query: z.ZodObject;
  readonly body: JsonBody<unknown> | StreamBody | undefined;
  /**
   * Checks the parts of a request, and gives back what is to be done then. Throws a `Problem` that names every fault
   * of the first part that has any.
   */
  prepare(request: RawRequest): () => Promise<AnyAnswer>;
}

const noParts: NoParts = z.strictObject({});

/**
 * Declares a route; its handler is given by `handle`, apart so that the compiler knows all about the answers by then.
 * The schemas are all there is: they check requests, type the handler and write OpenAPI. `api/routes/users.ts` shows a
 * small route; `api/routes.ts` lists all.
 */
export function route<
  const A extends Access,
  const R extends Responses,
  P extends z.ZodObject = NoParts,
  Q extends z.ZodObject = NoParts,
  B extends JsonBody<unknown> | StreamBody | undefined = undefined,
>(spec: RouteSpec<A, P, Q, B, R>): { handle(handler: Handler<A, P, Q, B, R>): Route } {
  const { params = noParts, query = noParts, body, ...rest } = spec;
  return {
    handle: (handler) => ({
      ...rest,
      params,
      query,
      body,
      prepare(request) {
        const input = {
          ...request,
          params: parsePart({ schema: params, part: 'path', value: request.params }),
          query: parsePart({ schema: query, part: 'query', value: request.query }),
          body: body?.kind === 'json' ? body.parse(request.body) : request.body,
        };
        // Which caller and body there are follows from `access` and `body`, by which they were read.
        return async () => handler(input as Parameters<typeof handler>[0]);
      },
    }),
  };
}
