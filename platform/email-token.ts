import { randomBytes, timingSafeEqual } from 'node:crypto';
import { asEmailTokenId, type EmailTokenId } from '../domain/ids.ts';
import type { NumberHasher } from './hashing.ts';

/** What a token from a mail is good for; one that was made for one is none for another. */
export const emailTokenKinds = ['verification', 'reset'] as const;
/** One of {@link emailTokenKinds}. */
export type EmailTokenKind = (typeof emailTokenKinds)[number];

/** Half of the token names it, half proves it: each 128 bits, more than anybody can guess or collect. */
const halfBytes = 16;
/** 32 bytes in base64url. */
const TOKEN = /^[\w-]{43}$/;

type Hasher = Pick<NumberHasher, 'blindIndex'>;

/** The id of a new token. */
export const newEmailTokenId = (): EmailTokenId =>
  asEmailTokenId(randomBytes(halfBytes).toString('base64url'));

/**
 * The token of that id, 43 characters of base64url: the id, and a keyed hash of it. So it is written down nowhere, and
 * can be put into its mail after a crash all the same; nobody without the key makes one from an id.
 */
export function emailTokenOf(hasher: Hasher, token: { kind: EmailTokenKind; tokenId: EmailTokenId }): string {
  const id = Buffer.from(token.tokenId, 'base64url');
  return Buffer.concat([id, proofOf(hasher, token)]).toString('base64url');
}

/** The id in a token of that kind; null for what is none, or of another kind. Whether it is still good is for the store to say. */
export function readEmailToken(
  hasher: Hasher,
  { kind, token }: { kind: EmailTokenKind; token: string },
): EmailTokenId | null {
  if (!TOKEN.test(token)) return null;
  const bytes = Buffer.from(token, 'base64url');
  const tokenId = asEmailTokenId(bytes.subarray(0, halfBytes).toString('base64url'));
  const isProven = timingSafeEqual(bytes.subarray(halfBytes), proofOf(hasher, { kind, tokenId }));
  return isProven ? tokenId : null;
}

/** Names a password by its hash; users without one share a name. */
export const passwordMarkOf = (hasher: Hasher, passwordHash: string | null): string =>
  hasher.blindIndex('password-mark', passwordHash ?? '');

function proofOf(hasher: Hasher, { kind, tokenId }: { kind: EmailTokenKind; tokenId: EmailTokenId }): Buffer {
  const hash = hasher.blindIndex(`email-token:${kind}`, tokenId);
  return Buffer.from(hash.slice(hash.indexOf('_') + 1), 'base64url').subarray(0, halfBytes);
}
