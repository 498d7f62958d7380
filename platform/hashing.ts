import { createHmac, createSecretKey } from 'node:crypto';
import { asNumberKey, type NumberKey } from '../domain/ids.ts';
import type { PhoneNumber } from '../domain/phone-number.ts';
import { currentKey, type KeyRing } from './keys.ts';

/** Makes the names under which numbers and handles are stored and found. */
export interface NumberHasher {
  /** The key of a number: `<keyId>_<base64url(HMAC-SHA256(phone))>`, the same each time. */
  numberKeyOf(phone: PhoneNumber): NumberKey;
  /**
   * A look-up value for something found by equality (a handle, an ID number): `<keyId>_<base64url(HMAC-SHA256)>`.
   * `kind` (`email`, `nickname`, …) separates domains: the same value of two kinds has two unrelated indexes, and
   * none is ever a number's key. The caller normalises the value.
   */
  blindIndex(kind: string, value: string): string;
}

/** Makes references for log lines. */
export interface LogHasher {
  /** A short reference to a value, `<keyId>_<12 characters>`: the same each time, and useless for finding it in the store. */
  logRef(value: string): string;
}

/** 12 base64url characters are 72 bits: two of 10^10 numbers share a reference with a chance of about 1 %. */
const LOG_REF_CHARACTERS = 12;

/**
 * Hashes with the current key of the ring. To re-key, make a second hasher over the same ring with another `current`.
 */
export function createNumberHasher(ring: KeyRing): NumberHasher {
  const { id, key } = currentKey(ring);
  // From bare bytes a key is made anew for each hash, which takes longer than the hash itself.
  const secret = createSecretKey(key);
  const hashed = (text: string) => `${id}_${createHmac('sha256', secret).update(text).digest('base64url')}`;
  return {
    numberKeyOf: (phone) => asNumberKey(hashed(phone)),
    blindIndex(kind, value) {
      // A NUL ends the kind, so that no other kind and value run together into the same text; no phone has one.
      if (kind.includes('\0')) {
        throw new TypeError('The kind of a blind index must not contain NUL');
      }
      return hashed(`${kind}\0${value}`);
    },
  };
}

/** Hashes with the current key of the ring for logs, which is another one than that of the store. */
export function createLogHasher(ring: KeyRing): LogHasher {
  const { id, key } = currentKey(ring);
  return {
    logRef: (value) =>
      `${id}_${createHmac('sha256', key).update(value).digest('base64url').slice(0, LOG_REF_CHARACTERS)}`,
  };
}
