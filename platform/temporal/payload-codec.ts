import { createCipheriv, createDecipheriv, createSecretKey, randomBytes } from 'node:crypto';
import { promisify } from 'node:util';
import { deflateRaw, inflateRaw } from 'node:zlib';
import { type Payload, type PayloadCodec, ValueError } from '@temporalio/common';
import proto from '@temporalio/proto';
import { currentKey, findKey, type KeyRing } from '../keys.ts';

const { Payload: PayloadMessage } = proto.temporal.api.common.v1;
const deflate = promisify(deflateRaw);
const inflate = promisify(inflateRaw);

/** The names that Temporal's own encryption samples use, so that their tools know a payload for encrypted. */
const ENCODING = 'encoding';
const ENCRYPTED = 'binary/encrypted';
const KEY_ID = 'encryption-key-id';
const COMPRESSION = 'compression';

/** NIST SP 800-38D §8.2.2: 96 random bits; §5.2.1.2: the full tag of 128 bits. */
const IV_BYTES = 12;
const TAG_BYTES = 16;

/** Smaller payloads gain less than the work costs. */
const COMPRESS_ABOVE_BYTES = 1024;

/**
 * Makes the codec that lets nothing of a workflow be read at the Temporal server: each payload whole (data and
 * metadata) under AES-256-GCM, as `iv|ciphertext|tag`, with the key's id in the metadata; deflated before where it is
 * above 1 KB and that makes it smaller.
 *
 * It seals with the ring's current key and opens with any of them. A payload that isn't encrypted passes as it is, so
 * that what other tools wrote (an operator's signal from the CLI) can be read.
 * `decode` throws a `ValueError` for a key that isn't in the ring, and for a payload that was changed.
 */
export function createPayloadCodec(ring: KeyRing): PayloadCodec {
  const current = currentKey(ring);
  const currentId = Buffer.from(current.id);
  // From bare bytes a key is made anew for each payload, which takes longer than sealing a small one.
  const sealingKey = createSecretKey(current.key);

  const sealed = async (payload: Payload): Promise<Payload> => {
    const plain = PayloadMessage.encode(payload).finish();
    const small = plain.length > COMPRESS_ABOVE_BYTES ? await deflate(plain) : plain;
    const compression = small.length < plain.length ? 'deflate' : 'none';
    const iv = randomBytes(IV_BYTES);
    const cipher = createCipheriv('aes-256-gcm', sealingKey, iv, { authTagLength: TAG_BYTES });
    cipher.setAAD(Buffer.from(compression));
    const body = cipher.update(compression === 'none' ? plain : small);
    return {
      metadata: {
        [ENCODING]: Buffer.from(ENCRYPTED),
        [KEY_ID]: currentId,
        [COMPRESSION]: Buffer.from(compression),
      },
      data: Buffer.concat([iv, body, cipher.final(), cipher.getAuthTag()]),
    };
  };

  const opened = async (payload: Payload): Promise<Payload> => {
    if (metadataOf(payload, ENCODING) !== ENCRYPTED) {
      return payload;
    }
    const keyId = metadataOf(payload, KEY_ID) ?? '';
    const compression = metadataOf(payload, COMPRESSION) ?? '';
    const key = findKey(ring, keyId);
    if (key === undefined) {
      throw new ValueError('A payload names an encryption key that is not in the ring');
    }
    const plain = unsealed({ key, compression, data: payload.data ?? new Uint8Array() });
    return PayloadMessage.decode(compression === 'deflate' ? await inflate(plain) : plain);
  };

  return {
    encode: (payloads) => Promise.all(payloads.map(sealed)),
    decode: (payloads) => Promise.all(payloads.map(opened)),
  };
}

function unsealed({
  key,
  compression,
  data,
}: {
  key: Buffer;
  compression: string;
  data: Uint8Array;
}): Buffer {
  if (data.length < IV_BYTES + TAG_BYTES) {
    throw new ValueError('An encrypted payload is too short');
  }
  const decipher = createDecipheriv('aes-256-gcm', key, data.subarray(0, IV_BYTES), {
    authTagLength: TAG_BYTES,
  });
  // Authenticated, so that nobody can have a deflated payload read as a plain one.
  decipher.setAAD(Buffer.from(compression));
  decipher.setAuthTag(data.subarray(-TAG_BYTES));
  try {
    return Buffer.concat([decipher.update(data.subarray(IV_BYTES, -TAG_BYTES)), decipher.final()]);
  } catch {
    throw new ValueError('An encrypted payload was changed, or its key is another one');
  }
}

function metadataOf(payload: Payload, name: string): string | undefined {
  const value = payload.metadata?.[name];
  return value ? Buffer.from(value).toString() : undefined;
}
