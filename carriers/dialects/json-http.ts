import { z } from 'zod';
import { causeOf, errorCode } from '../error-code.ts';
import { type CarrierAnswer, CarrierUnavailable } from '../gateway.ts';
import { createTokenSource } from './client-credentials.ts';
import { type CallContext, cannotSay, type Dialect, type DialectSystem, type NoAnswer } from './dialect.ts';
import { lineRecordFrom, lineSchema } from './json-http-line.ts';
import { retryAfterOf } from './retry-after.ts';

/*
 * The dialect "json-http": every question is a POST of JSON under the system's base URL, with a bearer token from its
 * token URL. docs/registry.md describes the protocol for provinces.
 */

const recycledSchema = z.object({ recycled: z.boolean() });
const matchSchema = z.object({ match: z.boolean().nullable() });
const errorSchema = z.object({ code: z.string() });

/** What came back: a status and a body, which is undefined where there is no JSON in it. */
type Reply = { status: number; headers: Headers; body: unknown };

/** Speaks JSON over HTTP with OAuth 2.0 client credentials. */
export const jsonHttp: Dialect = (system) => {
  const ask = createAsk(system);
  return {
    queryLine: ({ phone }, context) =>
      ask({
        path: 'lines/query',
        question: { phone },
        read: (body) => {
          const line = lineSchema.safeParse(body);
          return line.success ? lineRecordFrom(line.data, system) : cannotSay('answer-malformed');
        },
        context,
      }),
    recycledSince: ({ phone, since }, context) =>
      ask({
        path: 'lines/recycled-since',
        question: { phone, date: since },
        read: (body) => {
          const reply = recycledSchema.safeParse(body);
          return reply.success
            ? { kind: 'answer', value: reply.data.recycled }
            : cannotSay('answer-malformed');
        },
        context,
      }),
    match: ({ phone, name, idNumber }, context) =>
      ask({
        path: 'lines/match',
        question: { phone, name, idNumber },
        read: (body) => {
          const reply = matchSchema.safeParse(body);
          if (!reply.success) {
            return cannotSay('answer-malformed');
          }
          const { match } = reply.data;
          return { kind: 'answer', value: match === null ? 'no-customer' : match ? 'match' : 'no-match' };
        },
        context,
      }),
  };
};

function createAsk(system: DialectSystem) {
  const { home, connection } = system;
  const tokens = createTokenSource(system);

  const post = async (question: {
    path: string;
    text: string;
    token: string;
    context: CallContext;
  }): Promise<Reply> => {
    const { path, text, token, context } = question;
    try {
      const response = await fetch(`${connection.baseUrl}/${path}`, {
        method: 'POST',
        headers: {
          accept: 'application/json',
          authorization: `Bearer ${token}`,
          'content-type': 'application/json',
          ...(context.correlator === undefined ? {} : { 'x-correlator': context.correlator }),
        },
        body: text,
        // The question holds personal data and goes to nobody but the host of the registry.
        redirect: 'manual',
        signal: context.signal,
      });
      return { status: response.status, headers: response.headers, body: jsonOf(await response.text()) };
    } catch (error) {
      throw new CarrierUnavailable({
        home,
        reason: context.signal.aborted ? 'time-out' : 'connection-failed',
        detail: errorCode(causeOf(error)),
      });
    }
  };

  return async <T>(call: {
    path: string;
    question: object;
    read: (body: unknown) => CarrierAnswer<T>;
    context: CallContext;
  }): Promise<CarrierAnswer<T>> => {
    const { path, question, read, context } = call;
    const text = JSON.stringify(question);
    const token = await tokens.token();
    let reply = await post({ path, text, token, context });
    if (reply.status === 401) {
      // The token ended before its time, or was withdrawn. A fresh one that is refused too is no accident.
      tokens.refused(token);
      reply = await post({ path, text, token: await tokens.token(), context });
    }
    return reply.status === 200 ? read(reply.body) : readError(reply, home);
  };
}

/**
 * What a reply other than 200 means. 404 and 501 count only with the dialect's own code: a proxy that answers 404 for a
 * wrong path says nothing about the line, and "no capability" lets other evidence decide.
 */
function readError({ status, headers, body }: Reply, home: DialectSystem['home']): NoAnswer {
  const code = errorSchema.safeParse(body).data?.code;
  if (status === 404 && code === 'line_not_found') {
    return { kind: 'not-found' };
  }
  if (status === 501 && code === 'capability_missing') {
    return { kind: 'no-capability' };
  }
  if (status === 400 && code === 'bad_request') {
    return cannotSay('request-refused');
  }
  const detail = String(status);
  const retryAfterMs = retryAfterOf(headers);
  if (status === 429) {
    throw new CarrierUnavailable({ home, reason: 'too-many-requests', detail, retryAfterMs });
  }
  if (status === 401 || status === 403) {
    throw new CarrierUnavailable({ home, reason: 'credentials-refused', detail });
  }
  if (status >= 500) {
    throw new CarrierUnavailable({ home, reason: 'server-error', detail, retryAfterMs });
  }
  return cannotSay('answer-malformed');
}

/** The value of a JSON text; undefined for anything else, since the parser's error would repeat the text. */
function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
