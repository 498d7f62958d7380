import { type Email, emailKey } from '../../domain/handle.ts';
import type { UserId } from '../../domain/ids.ts';
import type { Instant } from '../../domain/instant.ts';
import { readEmailToken } from '../../platform/email-token.ts';
import { askForEmail } from '../../store/asked-email.ts';
import { isUsable } from '../../store/email-tokens.ts';
import { changeHandle } from '../../store/handle-change.ts';
import type { PasswordOrigin } from '../../store/users.ts';
import type { ApiDependencies } from '../dependencies.ts';
import { Problem } from '../problem.ts';

/** What mails with tokens are asked for with. */
export type MailTools = Pick<ApiDependencies, 'store' | 'workflows' | 'aside'>;

/**
 * Has the mail sent that lets a user verify an e-mail. Nothing is reserved and nothing opened by it, whoever has the
 * e-mail; the mail goes out beside the answer, and by the sweep if need be. `epoch`: the one that the user must still be
 * in when the token is used; null for a user that just came to be. `byCode`: the session's login, where that was by a
 * code of the phone. False where the user isn't open in that epoch.
 */
export async function askToVerifyEmail(
  { store, workflows, aside }: MailTools,
  asked: {
    userId: UserId;
    email: Email;
    epoch: number | null;
    byCode?: PasswordOrigin | null;
    correlator: string;
    at: Instant;
  },
): Promise<boolean> {
  const tokenId = await askForEmail(store, asked);
  if (tokenId === null) return false;
  const { correlator } = asked;
  void aside.run('verification-mail', () => workflows.deliverMail({ tokenId, correlator }));
  return true;
}

/**
 * Verifies an e-mail by the token that was sent there: from now on it is its user's login, and nobody else's. Throws
 * the `Problem`s `email_token_invalid`, the same for a token that is wrong, late, used, or of an e-mail that isn't
 * wanted any more; `email_in_use` where another user has verified it; `change_in_progress`.
 */
export async function verifyEmail(
  { store, hasher }: Pick<ApiDependencies, 'store' | 'hasher'>,
  { token: text, by, now }: { token: string; by: string; now: Instant },
): Promise<void> {
  const tokenId = readEmailToken(hasher, { kind: 'verification', token: text });
  const token = tokenId && (await store.emailTokens.find(tokenId));
  if (!token?.userId || !isUsable(token, { by, now })) throw new Problem('email_token_invalid');
  // Done before by this very request, whose answer was lost.
  if (token.usedBy === by) return;

  const { userId, email, epoch, byCode } = token;
  const outcome = await changeHandle(store, {
    userId,
    kind: 'email',
    to: email,
    tokenId: token.tokenId,
    epoch,
    byCode,
    now,
  });
  if (outcome === 'taken') throw new Problem('email_in_use');
  if (outcome === 'busy') throw new Problem('change_in_progress');
  if (outcome === 'stale' && !(await isVerified({ store }, { userId, email }))) {
    throw new Problem('email_token_invalid');
  }
  if (!(await store.emailTokens.use({ tokenId: token.tokenId, by, now }))) {
    throw new Problem('email_token_invalid');
  }
}

/** Whether the e-mail is its user's already: a crash kept the token from being used up. */
async function isVerified(
  { store }: Pick<ApiDependencies, 'store'>,
  { userId, email }: { userId: UserId; email: Email },
): Promise<boolean> {
  const user = await store.users.find(userId);
  return (
    user?.status === 'open' &&
    user.emailVerified &&
    user.email !== null &&
    emailKey(user.email as Email) === emailKey(email)
  );
}
