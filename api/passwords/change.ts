import type { Instant } from '../../domain/instant.ts';
import type { Password } from '../../domain/password-policy.ts';
import type { Passwords } from '../../platform/passwords.ts';
import type { Store } from '../../store/store.ts';
import type { LoginLimits } from '../logins/login-limits.ts';
import type { UserSession } from '../middleware/user-session.ts';
import { Problem } from '../problem.ts';
import { refuseOwn } from '../schemas/password.ts';

/** What passwords are set with. */
export interface PasswordTools {
  readonly store: Pick<Store, 'numbers' | 'sessions' | 'users'>;
  readonly passwords: Passwords;
}

/**
 * Changes the password of a session's user, who has to know the one before. One write sets it and ends all sessions, if
 * nothing ended them since the session was checked; the user's own goes on. Throws the `Problem`s `bad_credentials`,
 * `too_many_requests`, `password_too_common`, and `session_required` where the session ended meanwhile.
 */
export async function changePassword(
  { store, passwords, limits }: PasswordTools & { limits: LoginLimits },
  {
    session: { sessionId, user },
    currentPassword,
    newPassword,
    address,
    cause,
    now,
  }: {
    session: UserSession;
    currentPassword: string;
    newPassword: Password;
    address: string;
    cause: string;
    now: Instant;
  },
): Promise<void> {
  const { userId, epoch } = user;
  // Whoever holds a session that isn't theirs must not find out the password by it.
  const isRight = await limits.guard({ login: `change:${userId}`, userId, address, now }, async () =>
    (await passwords.verify(user.passwordHash, currentPassword)) ? true : null,
  );
  if (!isRight) throw new Problem('bad_credentials');
  const number = user.phone && (await store.numbers.find(user.phone.numberKey));
  refuseOwn({
    password: newPassword,
    pointer: '/newPassword',
    own: [number?.phone, user.nickname, user.email],
  });

  const passwordHash = await passwords.hash(newPassword);
  const begun = await store.users.setPassword({
    userId,
    epoch,
    passwordHash,
    cause: `password-change:${cause}`,
  });
  if (begun === null) throw new Problem('session_required');
  await store.sessions.carryOver({ sessionId, epoch: begun });
}
