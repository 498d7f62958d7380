import type { Password } from '../../domain/password-policy.ts';
import type { Store } from '../../store/store.ts';
import type { CodeLoginTools, CodeProof } from '../logins/by-code.ts';
import { refusedGate } from '../logins/refused-gate.ts';
import { temporarilyUnavailable } from '../problem.ts';
import { refuseOwn } from '../schemas/password.ts';
import { proveCode } from '../verification.ts';
import type { PasswordTools } from './change.ts';

/** What a reset by code needs. */
export type CodeResetTools = Omit<CodeLoginTools, 'store'> &
  Omit<PasswordTools, 'store'> & { readonly store: Pick<Store, 'users' | 'verifications'> };

/** Each time something ended the user's epoch while the verdict was being made; twice in a row is chance enough. */
const attempts = 3;

/**
 * Sets a new password for the user whose login phone received the code, where the verdict is that the number is still
 * that user's. The write holds only in the epoch that was read before the verdict; where that is over by then, a new
 * verdict is asked for. Throws the `Problem`s `code_invalid`, `password_too_common`, and what the gate refuses with.
 */
export async function resetByCode(
  { store, hasher, passwords, passByCode, limits, aside }: CodeResetTools,
  {
    phone,
    verificationId,
    code,
    newPassword,
    by,
    address,
    correlator,
    now,
  }: CodeProof & { readonly newPassword: Password },
): Promise<void> {
  // What can be refused without the code is, so that the code can be used again.
  refuseOwn({ password: newPassword, pointer: '/newPassword', own: [phone] });
  const numberKey = hasher.numberKeyOf(phone);
  const purpose = 'reset-password';
  const guess = { numberKey, verificationId, code, purpose, by, now } as const;
  const { issuedAt } = await proveCode({ store, hasher }, guess);
  for (let attempt = 1; attempt <= attempts; attempt += 1) {
    const passed = await passByCode({ numberKey, purpose, at: issuedAt, correlator });
    if (passed.kind === 'refuse') throw refusedGate(passed.code);
    const { user, claim } = passed;
    refuseOwn({ password: newPassword, pointer: '/newPassword', own: [user.nickname, user.email] });
    const { userId } = user;
    const set = await store.users.setPassword({
      userId,
      epoch: user.epoch,
      passwordHash: await passwords.hash(newPassword),
      origin: { claimId: claim.claimId, at: now },
      cause: `password-reset:${by}`,
    });
    if (set === null) continue;
    // Whoever resets the password logs in next, whatever others have tried meanwhile.
    void aside.run('know-address', () => limits.know({ userId, address, now }));
    return;
  }
  throw temporarilyUnavailable('The user is being changed at the moment');
}
