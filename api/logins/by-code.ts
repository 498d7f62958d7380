import type { VerificationId } from '../../domain/ids.ts';
import type { Instant } from '../../domain/instant.ts';
import type { PhoneNumber } from '../../domain/phone-number.ts';
import type { NumberHasher } from '../../platform/hashing.ts';
import type { Store } from '../../store/store.ts';
import type { Verdicts } from '../../verdicts/verdicts.ts';
import type { Aside } from '../aside.ts';
import { proveCode } from '../verification.ts';
import type { LoginLimits } from './login-limits.ts';
import type { Admitted } from './open-session.ts';
import { refusedGate } from './refused-gate.ts';

/** What a code is checked with. */
export interface CodeLoginTools {
  readonly store: Pick<Store, 'verifications'>;
  readonly hasher: Pick<NumberHasher, 'numberKeyOf' | 'blindIndex'>;
  readonly passByCode: Verdicts['passByCode'];
  readonly limits: Pick<LoginLimits, 'know'>;
  readonly aside: Aside;
}

/** A phone whose code somebody has. */
export interface CodeProof {
  readonly phone: PhoneNumber;
  readonly verificationId: VerificationId;
  readonly code: string;
  /** The request's `requestRef`. */
  readonly by: string;
  /** The end user's. */
  readonly address: string;
  readonly correlator: string;
  readonly now: Instant;
}

/**
 * Lets in whoever has the code that the phone received, where the verdict is that the number is still its user's. Throws
 * the `Problem`s `code_invalid`, and what the gate refuses with.
 */
export async function loginByCode(
  { store, hasher, passByCode, limits, aside }: CodeLoginTools,
  { phone, verificationId, code, by, address, correlator, now }: CodeProof,
): Promise<Admitted> {
  const numberKey = hasher.numberKeyOf(phone);
  const purpose = 'login';
  const guess = { numberKey, verificationId, code, purpose, by, now } as const;
  const { issuedAt } = await proveCode({ store, hasher }, guess);
  const passed = await passByCode({ numberKey, purpose, at: issuedAt, correlator });
  if (passed.kind === 'refuse') throw refusedGate(passed.code);
  const { user } = passed;
  void aside.run('know-address', () => limits.know({ userId: user.userId, address, now }));
  return { user, method: 'code', phoneIsCurrent: true };
}
