import { createHash, type Hash, randomUUID } from 'node:crypto';
import { Transform } from 'node:stream';
import type { Instant } from '../../domain/instant.ts';
import type { NumberHasher } from '../../platform/hashing.ts';
import type { Logger } from '../../platform/logger.ts';
import { attemptRunsFor, type Idempotency, type KeptAnswer } from '../../store/idempotency.ts';
import type { Caller, TokenCaller } from '../access.ts';
import { Problem } from '../problem.ts';

/** The header that carries a key. */
export const IDEMPOTENCY_KEY_HEADER = 'idempotency-key';

/** Printable ASCII: a UUID is what the draft recommends (draft-ietf-httpapi-idempotency-key-header §2.1). */
const KEY = /^[\x20-\x7e]{1,255}$/;

/** Three times within the time for which an attempt counts as running, so that one late report does no harm. */
const extendEveryMs = attemptRunsFor / 3;

/** A request under a key. */
export interface KeyedRequest {
  readonly key: string;
  readonly caller: TokenCaller;
  /** Method, path and query: the same body elsewhere is another request. */
  readonly target: string;
  /** What the body's digest is taken of; a stream's is known when it was read. */
  readonly body:
    | { readonly kind: 'whole'; readonly raw: Buffer }
    | { readonly kind: 'stream'; readonly tap: DigestTap };
}

/** What keys are good for. */
export interface Idempotent {
  /** Gives the answer of the first request under a key to all that repeat it. */
  answer(request: KeyedRequest, answer: () => Promise<KeptAnswer>): Promise<KeptAnswer>;
  /** Names a request: the same for the same client and key; without a key another one each time. */
  refOf(caller: Caller, key: string | null): string;
}

/** Reads the key of a request; null without one. Throws a `Problem` for one that is none. */
export function idempotencyKeyOf(header: string | undefined): string | null {
  if (header === undefined) return null;
  if (KEY.test(header)) return header;
  throw new Problem('idempotency_key_invalid', {
    errors: [{ parameter: 'Idempotency-Key', message: 'Not 1 to 255 printable ASCII characters' }],
  });
}

/** Passes a stream on and takes its digest on the way. */
export class DigestTap extends Transform {
  readonly #hash: Hash = createHash('sha256');

  override _transform(chunk: Buffer, _encoding: string, done: (error: null, chunk: Buffer) => void): void {
    this.#hash.update(chunk);
    done(null, chunk);
  }

  /** The digest of the whole stream: reads away what the handler left of it. */
  async digest(): Promise<string> {
    for await (const _ of this.iterator({ destroyOnReturn: false })) {
      // Only its way through the tap counts.
    }
    return this.#hash.digest('base64url');
  }
}

/** An answer that a repeated request must get again; others may come out better the next time. */
const isKept = ({ status }: KeptAnswer): boolean => status < 500 && status !== 429 && status !== 408;

/** Makes the idempotency of POSTs: per client, for 24 h. */
export function createIdempotent({
  kept,
  hasher,
  logger,
  now,
}: {
  kept: Pick<Idempotency, 'begin' | 'extend' | 'complete' | 'free'>;
  hasher: Pick<NumberHasher, 'blindIndex'>;
  logger: Logger;
  now: () => Instant;
}): Idempotent {
  const fingerprintOf = (target: string, digest: string) =>
    hasher.blindIndex('request', `${target}\0${digest}`);

  const keep = async ({
    fingerprint,
    ...rest
  }: {
    keyRef: string;
    attempt: string;
    answer: KeptAnswer;
    fingerprint: () => Promise<string>;
  }) => {
    try {
      await kept.complete({ ...rest, fingerprint: await fingerprint() });
    } catch (error) {
      // What was asked is done: its caller must hear so, even if a repetition won't.
      logger.error({ err: error }, 'An answer could not be kept under its key');
    }
  };

  const refOf = ({ clientId }: Pick<TokenCaller, 'clientId'>, key: string): string =>
    hasher.blindIndex('idempotency-key', `${clientId}\0${key}`);

  const answerOnce: Idempotent['answer'] = async ({ key, caller, target, body }, answer) => {
    const keyRef = refOf(caller, key);
    const whole =
      body.kind === 'whole'
        ? fingerprintOf(target, createHash('sha256').update(body.raw).digest('base64url'))
        : null;
    const fingerprint = async () =>
      body.kind === 'stream' ? fingerprintOf(target, await body.tap.digest()) : (whole ?? '');

    const begun = await kept.begin({ keyRef, fingerprint: whole, now: now() });
    if (begun.kind === 'running')
      throw new Problem('request_in_progress', { headers: { 'retry-after': '1' } });
    if (begun.kind === 'reused') throw new Problem('idempotency_key_reused');
    if (begun.kind === 'answered') {
      if (begun.fingerprint !== (await fingerprint())) throw new Problem('idempotency_key_reused');
      return begun.answer;
    }

    const { attempt } = begun;
    const extending = setInterval(() => {
      kept.extend({ keyRef, attempt, now: now() }).catch((error: unknown) => {
        logger.warn({ err: error }, 'A running request could not be kept from being taken over');
      });
    }, extendEveryMs);
    try {
      const given = await answer();
      if (isKept(given)) await keep({ keyRef, attempt, answer: given, fingerprint });
      else await kept.free({ keyRef, attempt });
      return given;
    } catch (error) {
      // Whatever failed may be tried again at once; should this fail too, the key is free when its time is over.
      await kept.free({ keyRef, attempt }).catch(() => undefined);
      throw error;
    } finally {
      clearInterval(extending);
    }
  };

  return {
    answer: answerOnce,
    refOf: (caller, key) =>
      key === null || caller.kind !== 'token' ? `request_${randomUUID()}` : refOf(caller, key),
  };
}
