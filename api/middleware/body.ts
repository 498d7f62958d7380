import { isUtf8 } from 'node:buffer';
import { finished } from 'node:stream';
import type { Request } from 'express';
import type { DurationMs } from '../../domain/instant.ts';
import type { JsonBody, StreamBody } from '../body-spec.ts';
import { Problem } from '../problem.ts';

/** How long a body that is read whole may take to arrive: a slow mobile line sends 64 KB in a second or two. */
const bodyArrivesWithinMs: DurationMs = 20_000;

/** How long a stream may be silent before its connection is cut. */
const streamSilentForMs: DurationMs = 60_000;

/**
 * After an answer that came before the end of the body, the rest is read and thrown away for so long: closed at once,
 * the connection would be reset before many a client has read the answer (as nginx's lingering_timeout).
 */
const lingerMs: DurationMs = 10_000;

/** Checks `content-type` (RFC 9110 §8.3) against what the route takes; JSON is UTF-8 (RFC 8259 §8.1). */
export function checkMediaType(request: Request, { mediaTypes }: JsonBody<unknown> | StreamBody): void {
  const [type = '', ...parameters] = (request.get('content-type') ?? '').toLowerCase().split(';');
  const charset = parameters.map((parameter) => parameter.trim()).find((text) => text.startsWith('charset='));
  const isUtf8Text = charset === undefined || /^charset="?utf-?8"?$/.test(charset);
  if (!mediaTypes.includes(type.trim()) || !isUtf8Text) {
    throw new Problem('unsupported_media_type', {
      detail: `The body must be ${mediaTypes.join(' or ')} in UTF-8`,
      // RFC 9110 §15.5.16
      headers: { accept: mediaTypes.join(', ') },
    });
  }
}

/** The `content-encoding` of a stream, in lower case; null without one. Throws a `Problem` for others than the route takes. */
export function encodingOf(request: Request, { encodings }: Pick<StreamBody, 'encodings'>): string | null {
  const encoding = request.get('content-encoding')?.trim().toLowerCase();
  if (encoding === undefined || encoding === '' || encoding === 'identity') return null;
  if (encodings.includes(encoding)) return encoding;
  throw new Problem('unsupported_media_type', {
    detail: `The body must not be encoded${encodings.length === 0 ? '' : ` other than as ${encodings.join(' or ')}`}`,
    headers: { 'accept-encoding': encodings.length === 0 ? 'identity' : encodings.join(', ') },
  });
}

/**
 * Reads a body whole. Throws a `Problem` as soon as it is clear that the body is larger than the limit, or when it takes
 * too long; what is left of it then is still to be discarded.
 */
export async function readBody(
  request: Request,
  { limitBytes, withinMs = bodyArrivesWithinMs }: { limitBytes: number; withinMs?: DurationMs },
): Promise<Buffer> {
  encodingOf(request, { encodings: [] });
  const tooLarge = () =>
    new Problem('body_too_large', { detail: `The body has more than ${limitBytes} bytes` });
  if (Number(request.get('content-length') ?? 0) > limitBytes) throw tooLarge();

  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const chunks: Buffer[] = [];
  let size = 0;
  const take = (chunk: Buffer) => {
    size += chunk.length;
    if (size > limitBytes) reject(tooLarge());
    else chunks.push(chunk);
  };
  const timer = setTimeout(() => reject(new Problem('request_timeout')), withinMs);
  request.on('data', take);
  const forget = finished(request, (error) =>
    error ? reject(new Problem('invalid_request', { detail: 'The body did not arrive whole' })) : resolve(),
  );
  try {
    await promise;
    return Buffer.concat(chunks);
  } finally {
    clearTimeout(timer);
    request.off('data', take);
    forget();
  }
}

/** Parses JSON text. Throws a `Problem` that says nothing of the text. */
export function parseJson(raw: Buffer): unknown {
  try {
    if (isUtf8(raw)) return JSON.parse(raw.toString('utf8'));
  } catch {
    // The parser's own message quotes the text.
  }
  throw new Problem('malformed_json');
}

/** Has a stream's connection cut when nothing comes for a minute. */
export function watchStream(request: Request): void {
  request.setTimeout(streamSilentForMs, () => request.destroy());
}

/** Reads away what is left of a body after the answer, for a while. */
export function discardRest(request: Request): void {
  if (request.complete || request.destroyed) return;
  const timer = setTimeout(() => request.socket.destroy(), lingerMs).unref();
  request.once('close', () => clearTimeout(timer));
  // A handler's stream that was given up would pause it once more.
  request.unpipe();
  request.resume();
}
