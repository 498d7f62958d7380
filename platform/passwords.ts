import { randomUUID } from 'node:crypto';
import { availableParallelism } from 'node:os';
import { hash, type Options, parseOptions, verify } from '@node-rs/argon2';
import pLimit from 'p-limit';
import { accepted, type Parsed, refused } from '../domain/parsed.ts';

/** What a new hash costs: Argon2id with so much memory, so many passes over it, in so many lanes. */
export interface PasswordCost {
  readonly memoryKiB: number;
  readonly passes: number;
  readonly lanes: number;
}

/**
 * 19 MiB, 2 passes, 1 lane: the first choice of the OWASP Password Storage Cheat Sheet for servers that hash beside
 * other work (RFC 9106 §4 names more memory for servers that do nothing else).
 */
export const defaultCost: PasswordCost = { memoryKiB: 19_456, passes: 2, lanes: 1 };

/**
 * What a hash may cost at most, also one that was made elsewhere: RFC 9106 §4's larger recommendation (2 GiB) would let
 * one login stop a server, so a quarter GiB and as many passes as take about a second.
 */
export const mostCost: PasswordCost = { memoryKiB: 262_144, passes: 16, lanes: 8 };
/** A PHC string of these costs with a salt of 64 and a hash of 128 bytes is half as long. */
const longestHash = 512;
/** RFC 9106 §3.1: a salt has at least 8 bytes. The tag may have 4, but less than 16 is guessed too easily. */
const leastSalt = 8;
const leastTag = 16;

/** `Algorithm.Argon2id` of the library, whose enumeration is there for its compiler only; it is also its own choice. */
const argon2id = 2;

/** A hash keeps one core busy: more at a time than there are cores would only take memory (19 MiB each). */
const hashing = pLimit(availableParallelism());

/** RFC 8265 §4.2.2: the same password typed on two keyboards may differ in how accents are composed. */
const composed = (password: string): string => password.normalize('NFC');

/** Hashes passwords and compares them, at most as many at a time as there are cores. */
export interface Passwords {
  /** Hashes a password with a fresh salt, as a PHC string of today's cost. */
  hash(password: string): Promise<string>;
  /**
   * Whether a password is the one of a hash: as `hash` takes it, or as it is, for hashes that came from elsewhere.
   * Without a hash it compares with one of nobody, which costs the same, and says no.
   */
  verify(passwordHash: string | null, password: string): Promise<boolean>;
  /** Whether a hash is cheaper to try than those of today's cost, or of another variant: then it is to be made anew at the next login. */
  needsRehash(passwordHash: string): boolean;
}

/** Hashes passwords at that cost. */
export function createPasswords({ memoryKiB, passes, lanes }: PasswordCost): Passwords {
  const options: Options = { memoryCost: memoryKiB, timeCost: passes, parallelism: lanes };
  const hashed = (password: string) => hashing(() => hash(composed(password), options));
  let nobodys: Promise<string> | undefined;
  return {
    hash: hashed,

    async verify(passwordHash, password) {
      if (passwordHash !== null) return verifyPassword(passwordHash, password);
      nobodys ??= hashed(randomUUID());
      await verifyPassword(await nobodys, password);
      return false;
    },

    needsRehash(passwordHash) {
      const made = optionsOf(passwordHash);
      if (made === null || made.algorithm !== argon2id) return true;
      // What a guess costs is the memory times the passes over it; lanes only share it out.
      return made.memoryCost * made.timeCost < memoryKiB * passes;
    },
  };
}

/** Whether a password is the one of a hash; see {@link Passwords.verify}. */
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
  const { memoryKiB, passes, lanes } = mostCost;
  if (memoryCost > memoryKiB || timeCost > passes || parallelism > lanes) {
    return refused(
      'password_hash_unsupported',
      `A hash may cost ${memoryKiB} KiB, ${passes} passes and ${lanes} lanes at most`,
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
