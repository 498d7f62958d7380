import { type Email, emailKey } from '../../domain/handle.ts';
import type { EmailTokenId } from '../../domain/ids.ts';
import type { Instant } from '../../domain/instant.ts';
import { emailTokenOf, passwordMarkOf } from '../../platform/email-token.ts';
import type { NumberHasher } from '../../platform/hashing.ts';
import { MailError, type MailPort } from '../../ports/mail.ts';
import type { EmailToken } from '../../store/email-tokens.ts';
import type { Store } from '../../store/store.ts';
import type { User } from '../../store/users.ts';
import { tokenMail } from './mail-text.ts';

/** Nobody asks for so many on purpose; more would make us the means to fill somebody's mail box. */
const mailsPerAddress = { name: 'token-mails-per-address', points: 10, per: 3_600_000 } as const;

/** Sending the mails that bring tokens. */
export function createMailActivities({
  store,
  mail,
  hasher,
}: {
  store: Pick<Store, 'emailTokens' | 'handles' | 'limits' | 'users'>;
  mail: MailPort;
  hasher: Pick<NumberHasher, 'blindIndex'>;
}) {
  /** Who is to have a token, and where; null where nobody is. */
  async function receiverOf({ kind, email, userId }: EmailToken): Promise<{ user: User; to: Email } | null> {
    const wanted = kind === 'verification' ? userId : await store.handles.ownerOf('email', emailKey(email));
    const user = wanted && (await store.users.find(wanted));
    if (user?.status !== 'open') return null;
    if (kind === 'verification') return { user, to: email };
    // To the address as its owner verified it, not as whoever asked has typed it.
    const own = user.emailVerified ? (user.email as Email | null) : null;
    return own !== null && emailKey(own) === emailKey(email) ? { user, to: own } : null;
  }

  return {
    /**
     * Sends the mail of a token that is still owed. A reset that somebody asked for at an e-mail which is nobody's
     * verified one ends here without a mail: whoever asked has long had the same answer.
     */
    async sendTokenMail({ tokenId, at }: { tokenId: EmailTokenId; at: Instant }): Promise<void> {
      const token = await store.emailTokens.find(tokenId);
      if (token?.mail !== 'owed') return;
      // The workflow's time is that of its start; an attempt may come hours later.
      const now = Math.max(at, Date.now());
      const receiver = token.expiresAt > now ? await receiverOf(token) : null;
      const limit = { ...mailsPerAddress, key: emailKey(token.email), now };
      if (receiver === null || !(await store.limits.take(limit)).ok) {
        await store.emailTokens.settleMail({ tokenId, mail: 'dropped' });
        return;
      }
      const { userId, passwordHash } = receiver.user;
      await store.emailTokens.address({
        tokenId,
        userId,
        passwordMark: passwordMarkOf(hasher, passwordHash),
      });
      const { kind } = token;
      try {
        const { subject, text } = tokenMail(kind, emailTokenOf(hasher, { kind, tokenId }));
        await mail.send({ to: receiver.to, subject, text, idempotencyKey: `mail:${tokenId}` });
      } catch (error) {
        await store.limits.giveBack(limit);
        if (!(error instanceof MailError) || error.kind !== 'permanent') throw error;
        await store.emailTokens.settleMail({ tokenId, mail: 'dropped' });
        return;
      }
      await store.emailTokens.settleMail({ tokenId, mail: 'sent' });
    },
  };
}
