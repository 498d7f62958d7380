import { randomInt } from 'node:crypto';
import type { VerificationId } from '../domain/ids.ts';
import { codeDigits } from '../domain/verification-code.ts';
import type { NumberHasher } from './hashing.ts';

/** Draws a code: digits of a cryptographically secure source, each code as likely as any other, `000000` too. */
export const drawCode = (): string => String(randomInt(10 ** codeDigits)).padStart(codeDigits, '0');

/**
 * What is kept of a code: a keyed hash of it with its verification's id. A million codes are tried in no time by
 * whoever has the key; the same code of two verifications has two unrelated hashes all the same.
 */
export const codeHashOf = (
  hasher: Pick<NumberHasher, 'blindIndex'>,
  { verificationId, code }: { verificationId: VerificationId; code: string },
): string => hasher.blindIndex('verification-code', `${verificationId}:${code}`);
