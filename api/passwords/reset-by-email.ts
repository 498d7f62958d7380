import { type Email, emailKey } from '../../domain/handle.ts';
import type { DurationMs, Instant } from '../../domain/instant.ts';
import type { Password } from '../../domain/password-policy.ts';
import { newEmailTokenId, passwordMarkOf, readEmailToken } from '../../platform/email-token.ts';
import { type EmailToken, isUsable } from '../../store/email-tokens.ts';
import type { User } from '../../store/users.ts';
import type { ApiDependencies } from '../dependencies.ts';
import { limitedAddress } from '../limits.ts';
import type { LoginLimits } from '../logins/login-limits.ts';
import { Problem, temporarilyUnavailable } from '../problem.ts';
import { refuseOwn } from '../schemas/password.ts';

/** What resets by e-mail are done with. */
export type EmailResetTools = Pick<
  ApiDependencies,
  'store' | 'workflows' | 'aside' | 'hasher' | 'passwords'
> & { readonly limits: Pick<LoginLimits, 'know'> };

/**
 * More than a whole site asks for that passes on no addresses of its users, and little enough to keep the store from
 * being filled. How many mails an address gets is limited apart, where they are sent.
 */
const asksPerAddress: { points: number; per: DurationMs } = { points: 3_000, per: 15 * 60_000 };

/** Each time something ended the user's epoch in between; twice in a row is chance enough. */
const attempts = 3;

/**
 * Has a reset token sent to an e-mail, if it is somebody's verified one. Nobody learns here whether it is: the same is
 * written for each, and who it is for is found out where the mail is made.
 */
export async function askForReset(
  { store, workflows, aside }: EmailResetTools,
  { email, address, correlator, now }: { email: Email; address: string; correlator: string; now: Instant },
): Promise<void> {
  const key = limitedAddress(address);
  const limit = { name: 'resets-per-address', key, ...asksPerAddress, now };
  if (!(await store.limits.take(limit)).ok) return;
  const tokenId = newEmailTokenId();
  await store.emailTokens.issue({
    tokenId,
    kind: 'reset',
    email,
    userId: null,
    epoch: null,
    byCode: null,
    issuedAt: now,
    correlator,
  });
  void aside.run('reset-mail', () => workflows.deliverMail({ tokenId, correlator }));
}

/**
 * Sets a new password for whoever has the token that was sent to a user's verified e-mail, whatever became of its phone,
 * and ends all its sessions. Throws the `Problem`s `reset_token_invalid`, the same for a token that is wrong, late,
 * used, or whose user has another e-mail or password by now; and `password_too_common`.
 */
export async function resetByEmail(
  { store, hasher, passwords, limits, aside }: EmailResetTools,
  {
    resetToken,
    newPassword,
    by,
    address,
    now,
  }: { resetToken: string; newPassword: Password; by: string; address: string; now: Instant },
): Promise<void> {
  const tokenId = readEmailToken(hasher, { kind: 'reset', token: resetToken });
  const token = tokenId && (await store.emailTokens.find(tokenId));
  if (!token || !isUsable(token, { by, now })) throw new Problem('reset_token_invalid');

  for (let attempt = 1; attempt <= attempts; attempt += 1) {
    const user = await receiverOf({ store }, token);
    if (!user) throw new Problem('reset_token_invalid');
    const { userId, epoch, passwordHash: former } = user;
    if (passwordMarkOf(hasher, former) !== token.passwordMark) {
      // Done before by this very request, whose answer was lost; else the password was changed in another way.
      if (token.usedBy === by && (await passwords.verify(former, newPassword))) return;
      throw new Problem('reset_token_invalid');
    }
    const number = user.phone && (await store.numbers.find(user.phone.numberKey));
    // What can be refused without the token is, so that the token can be used again.
    refuseOwn({
      password: newPassword,
      pointer: '/newPassword',
      own: [number?.phone, user.nickname, user.email],
    });
    const passwordHash = await passwords.hash(newPassword);
    if (!(await store.emailTokens.use({ tokenId: token.tokenId, by, now }))) {
      throw new Problem('reset_token_invalid');
    }
    const cause = `password-reset:${by}`;
    // Not on what the phone proves, so that no change of its holder takes it back.
    const set = await store.users.setPassword({ userId, epoch, passwordHash, origin: null, cause });
    if (set === null) continue;
    // Whoever resets the password logs in next, whatever others have tried meanwhile.
    void aside.run('know-address', () => limits.know({ userId, address, now }));
    return;
  }
  throw temporarilyUnavailable('The user is being changed at the moment');
}

/** The user that a token was sent to, while the e-mail is its verified one. */
async function receiverOf(
  { store }: Pick<ApiDependencies, 'store'>,
  { userId, email }: EmailToken,
): Promise<User | null> {
  const user = userId && (await store.users.find(userId));
  if (user?.status !== 'open' || !user.emailVerified || user.email === null) return null;
  return emailKey(user.email as Email) === emailKey(email) ? user : null;
}
