import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { z } from 'zod';

/**
 * Keys of one purpose by their ids. New values are made with the `current` one; the others only read what they made,
 * until it has been re-keyed.
 */
export interface KeyRing {
  current: string;
  keys: Record<string, Buffer>;
}

/** One ring for each purpose, so that each can be changed, guarded and lost on its own. */
export interface Keys {
  /** Seals single fields in the store. */
  fields: KeyRing;
  /** Seals payloads in workflow histories. */
  payloads: KeyRing;
  /** Hashes phone numbers and handles. As precious as the numbers themselves, of which there are few enough to try all. */
  numbers: KeyRing;
  /** Hashes what log lines refer to, so that logs can't be joined with the store. */
  logs: KeyRing;
}

/** The keys file: base64 of 32 bytes for each key. */
export type KeysFile = Record<keyof Keys, { current: string; keys: Record<string, string> }>;

/** The keys file can't be used. The message lists every fault, and never contains a key. */
export class KeysError extends Error {
  override readonly name = 'KeysError';
}

/** AES-256 takes 32 bytes, and HMAC-SHA256 gains nothing from more. */
const KEY_BYTES = 32;

/** Ids stand in stored values before `.` or `_`, and are too short for a key to be pasted there by mistake. */
const KEY_ID = /^[a-z0-9]{1,16}$/;

const ringSchema = z
  .strictObject({
    current: z.string(),
    keys: z.record(
      z.string().regex(KEY_ID, 'a key id is 1 to 16 lower-case letters and digits'),
      z
        .string()
        .refine((text) => isKey(text), `a key is the base64 of ${KEY_BYTES} bytes`)
        .transform((text) => Buffer.from(text, 'base64')),
    ),
  })
  .refine((ring) => Object.hasOwn(ring.keys, ring.current), {
    path: ['current'],
    message: 'names no key of this ring',
  });

const keysSchema = z
  .strictObject({ fields: ringSchema, payloads: ringSchema, numbers: ringSchema, logs: ringSchema })
  .refine(
    (keys) => !hasRepeatedKey(keys),
    'the same key is there twice: each purpose and each id needs its own',
  );

/**
 * Reads the keys file (JSON). Throws a `KeysError` that lists every fault in it; no fault repeats what the file holds.
 */
export function loadKeys(path: string): Keys {
  const parsed = keysSchema.safeParse(readJson(path));
  if (!parsed.success) {
    const faults = parsed.error.issues.map((issue) => `- ${faultOf(issue)}`);
    throw new KeysError(`The keys file can't be used:\n${faults.join('\n')}`);
  }
  return parsed.data;
}

/** Makes fresh random keys, one in each ring, to be written as the JSON of a keys file. */
export function createKeys(): KeysFile {
  const ring = (id: string) => ({ current: id, keys: { [id]: randomBytes(KEY_BYTES).toString('base64') } });
  return { fields: ring('f1'), payloads: ring('p1'), numbers: ring('n1'), logs: ring('l1') };
}

/** The key that new values are made with. Throws a `KeysError` when the ring lacks it. */
export function currentKey(ring: KeyRing): { id: string; key: Buffer } {
  const key = findKey(ring, ring.current);
  if (key === undefined) {
    throw new KeysError('The current key of a ring is not in it');
  }
  return { id: ring.current, key };
}

/** The key of an id that stood in a stored value; `undefined` when the ring doesn't have it (any more). */
export function findKey(ring: KeyRing, id: string): Buffer | undefined {
  return Object.hasOwn(ring.keys, id) ? ring.keys[id] : undefined;
}

function isKey(text: string): boolean {
  const bytes = Buffer.from(text, 'base64');
  return bytes.length === KEY_BYTES && bytes.toString('base64') === text;
}

function hasRepeatedKey(keys: Keys): boolean {
  const all = Object.values(keys).flatMap((ring: KeyRing) =>
    Object.values(ring.keys).map((key) => key.toString('base64')),
  );
  return new Set(all).size !== all.length;
}

function readJson(path: string): unknown {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    throw new KeysError(`The keys file ${path} can't be read`, { cause: error });
  }
  try {
    return JSON.parse(text);
  } catch {
    // The parser's own message quotes the text, and so keys; it is left behind.
    throw new KeysError(`The keys file ${path} is not JSON`);
  }
}

/** Writes a fault without anything of the file but well-formed names: what is malformed may be a key in the wrong place. */
function faultOf(issue: z.core.$ZodIssue): string {
  const path = issue.path.map((part) => (KEY_ID.test(String(part)) ? String(part) : '(a malformed key id)'));
  switch (issue.code) {
    case 'unrecognized_keys':
      return `${['it', ...path].at(-1)}: has ${issue.keys.length} unknown properties`;
    case 'invalid_key':
      return `${path.join('.')}: ${issue.issues.map((inner) => inner.message).join(', ')}`;
    default:
      return `${path.join('.') || 'the rings'}: ${issue.message}`;
  }
}
