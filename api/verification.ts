import type { NumberKey, VerificationId } from '../domain/ids.ts';
import type { Instant } from '../domain/instant.ts';
import type { VerificationPurpose } from '../domain/verification-code.ts';
import type { NumberHasher } from '../platform/hashing.ts';
import { codeHashOf } from '../platform/verification-code.ts';
import type { Store } from '../store/store.ts';
import type { Proof } from '../store/verifications.ts';
import { Problem } from './problem.ts';

/** A guess at a code that was sent to a number. */
interface Guess {
  readonly numberKey: NumberKey;
  readonly verificationId: VerificationId;
  readonly code: string;
  readonly purpose: VerificationPurpose;
  readonly now: Instant;
}

/** What codes are looked at with. */
interface CodeTools {
  readonly store: Pick<Store, 'verifications'>;
  readonly hasher: Pick<NumberHasher, 'blindIndex'>;
}

/**
 * Whether the caller has the code and could prove it. It isn't used up: for what the caller may correct and come again
 * with, of which only somebody who has the code may hear.
 */
export function hasCode({ store, hasher }: CodeTools, { code, ...rest }: Guess): Promise<boolean> {
  const codeHash = codeHashOf(hasher, { verificationId: rest.verificationId, code });
  return store.verifications.isProvable({ ...rest, codeHash });
}

/**
 * Proves that the caller has the code that was sent to a number for a purpose; each code once. `by` is the request's
 * `requestRef`: the same request, made again after a crash, proves it again. Costs one write to the store.
 * Throws the `Problem` `code_invalid`, the same whatever is wrong: the code, its age, its number, its purpose, the
 * fifth wrong guess or that it was used.
 */
export async function proveCode(
  { store, hasher }: CodeTools,
  guess: Guess & { readonly by: string },
): Promise<Proof> {
  const { code, ...rest } = guess;
  const codeHash = codeHashOf(hasher, { verificationId: guess.verificationId, code });
  const proof = await store.verifications.prove({ ...rest, codeHash });
  if (!proof) throw new Problem('code_invalid');
  return proof;
}
