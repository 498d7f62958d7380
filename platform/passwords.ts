import { availableParallelism } from 'node:os';
import { hash, type Options, parseOptions, verify } from '@node-rs/argon2';
import pLimit from 'p-limit';
import { accepted, type Parsed, refused } from '../domain/parsed.ts';

/**
 * What a new hash costs: Argon2id with 19 MiB, 2 passes, 1 lane, the first choice of the OWASP Password Storage Cheat
 * Sheet for servers that hash beside other work (RFC 9106 §4 names more memory for servers that do nothing else).
 * Argon2id is the library's own choice of variant.
 */
const cost = { memoryCost: 19_456, timeCost: 2, parallelism: 1 } satisfies Options;

/**
 * What a hash that was made elsewhere may cost: RFC 9106 §4's larger recommendation (2 GiB) would let one login stop a
 * server, so a quarter GiB and as many passes as take about a second.
 */
const mostMemoryKiB = 262_144;
const mostPasses = 16;
const mostLanes = 8;
/** A PHC string of these costs with a salt of 64 and a hash of 128 bytes is half as long. */
const longestHash = 512;
/** RFC 9106 §3.1: a salt has at least 8 bytes. The tag may have 4, but less than 16 is guessed too easily. */
const leastSalt = 8;
const leastTag = 16;

/** A hash keeps one core busy: more at a time than there are cores would only take memory (19 MiB each). */
const hashing = pLimit(availableParallelism());

/** RFC 8265 §4.2.2: the same password typed on two keyboards may differ in how accents are composed. */
const composed = (password: string): string => password.normalize('NFC');

/** Hashes a password with a fresh salt, as a PHC string. At most as many at a time as there are cores. */
export function hashPassword(password: string): Promise<string> {
  return hashing(() => hash(composed(password), cost));
}

/** Whether a password is the one of a hash: as `hashPassword` takes it, or as it is, for hashes that came from elsewhere. */
export async function verifyPassword(passwordHash: string, password: string): Promise<boolean> {
  if (await hashing(() => verify(passwordHash, composed(password)))) return true;
  return composed(password) !== password && hashing(() => verify(passwordHash, password));
}

/**
 * Reads a password hash that was made elsewhere: a PHC string of Argon2 (any variant, RFC 9106), within costs that a
 * login can bear. Refused (`password_hash_unsupported`): other schemes and costs.
 */
export function parsePasswordHash(text: string): Parsed<string> {
  const options = text.length <= longestHash ? optionsOf(text) : null;
  if (options === null) {
    return refused('password_hash_unsupported', 'Not a PHC string of Argon2');
  }
  const { memoryCost, timeCost, parallelism, saltLen, outputLen } = options;
  if (memoryCost > mostMemoryKiB || timeCost > mostPasses || parallelism > mostLanes) {
    return refused(
      'password_hash_unsupported',
      `A hash may cost ${mostMemoryKiB} KiB, ${mostPasses} passes and ${mostLanes} lanes at most`,
    );
  }
  if (saltLen < leastSalt || outputLen < leastTag) {
    return refused(
      'password_hash_unsupported',
      `A hash needs a salt of ${leastSalt} and a tag of ${leastTag} bytes at least`,
    );
  }
  return accepted(text);
}

function optionsOf(text: string): ReturnType<typeof parseOptions> | null {
  try {
    return parseOptions(text);
  } catch {
    // The library's message may quote the text.
    return null;
  }
}
