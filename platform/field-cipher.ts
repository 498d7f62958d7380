import { createCipheriv, createDecipheriv, createSecretKey, randomBytes } from 'node:crypto';
import { currentKey, findKey, type KeyRing } from './keys.ts';

/** Seals single fields of stored documents. */
export interface FieldCipher {
  /**
   * Seals a text. The same text gives another result each time.
   * `field` names where it will stand (`user.email`), and the text can only be opened as that field.
   */
  encrypt(plain: string, field: string): string;
  /** Opens what `encrypt` sealed for this field. Throws a `SealError`. */
  decrypt(sealed: string, field: string): string;
}

/** Why a sealed value can't be opened. */
export type SealFault = 'malformed' | 'unknown-key' | 'not-authentic';

/** A sealed value can't be opened. Neither message nor properties contain it. */
export class SealError extends Error {
  override readonly name = 'SealError';
  readonly fault: SealFault;
  constructor(fault: SealFault, message: string) {
    super(message);
    this.fault = fault;
  }
}

const VERSION = 'v1';
/** NIST SP 800-38D §5.2.1.1 and §8.2.2: 96 random bits. */
const IV_BYTES = 12;
/** NIST SP 800-38D §5.2.1.2: the full tag of 128 bits. */
const TAG_BYTES = 16;

/**
 * Makes the cipher for stored fields: AES-256-GCM, written as `v1.<keyId>.<base64url(iv|ciphertext|tag)>`, with the
 * field's name as additional authenticated data, so that a sealed value moved to another field doesn't open.
 * It seals with the ring's current key and opens with any of them.
 */
export function createFieldCipher(ring: KeyRing): FieldCipher {
  const current = currentKey(ring);
  // From bare bytes a key is made anew for each field, which takes longer than sealing one.
  const sealingKey = createSecretKey(current.key);
  return {
    encrypt(plain, field) {
      const iv = randomBytes(IV_BYTES);
      const cipher = createCipheriv('aes-256-gcm', sealingKey, iv, { authTagLength: TAG_BYTES });
      cipher.setAAD(Buffer.from(field));
      const sealed = Buffer.concat([iv, cipher.update(plain, 'utf8'), cipher.final(), cipher.getAuthTag()]);
      return `${VERSION}.${current.id}.${sealed.toString('base64url')}`;
    },
    decrypt(sealed, field) {
      const [version, keyId, body, ...rest] = sealed.split('.');
      if (version !== VERSION || keyId === undefined || body === undefined || rest.length > 0) {
        throw new SealError('malformed', `A sealed ${field} doesn't have the form of one`);
      }
      const key = findKey(ring, keyId);
      if (key === undefined) {
        throw new SealError('unknown-key', `A sealed ${field} names a key that isn't in the ring`);
      }
      const bytes = Buffer.from(body, 'base64url');
      if (bytes.length < IV_BYTES + TAG_BYTES) {
        throw new SealError('malformed', `A sealed ${field} is too short`);
      }
      const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, IV_BYTES), {
        authTagLength: TAG_BYTES,
      });
      decipher.setAAD(Buffer.from(field));
      decipher.setAuthTag(bytes.subarray(-TAG_BYTES));
      try {
        const text = decipher.update(bytes.subarray(IV_BYTES, -TAG_BYTES));
        return Buffer.concat([text, decipher.final()]).toString('utf8');
      } catch {
        throw new SealError('not-authentic', `A sealed ${field} was changed, or sealed as another field`);
      }
    },
  };
}
