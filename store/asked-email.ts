import type { Email } from '../domain/handle.ts';
import type { EmailTokenId, UserId } from '../domain/ids.ts';
import type { Instant } from '../domain/instant.ts';
import { newEmailTokenId } from '../platform/email-token.ts';
import type { Store } from './store.ts';
import type { PasswordOrigin } from './user-doc.ts';

/**
 * Writes down that a user wants to verify an e-mail, and owes it the mail that brings the token, which whoever calls
 * has delivered (`deliverMail`), or else the sweep. It reserves nothing, whoever else has the e-mail. Where an epoch is
 * named, the e-mail can be verified in that one alone: what ends the user's sessions ends what was begun in them.
 * Null where the user isn't open, or the epoch is over.
 */
export async function askForEmail(
  store: Pick<Store, 'emailTokens' | 'users'>,
  asked: {
    userId: UserId;
    email: Email;
    epoch: number | null;
    /** The login in which it is asked for, where that was by a code of the phone. */
    byCode?: PasswordOrigin | null;
    correlator: string;
    at: Instant;
  },
): Promise<EmailTokenId | null> {
  const { userId, email, epoch, byCode = null, correlator, at } = asked;
  const tokenId = newEmailTokenId();
  // A crash in between leaves no mail behind, and whoever asked has no answer: it is asked again.
  if (!(await store.users.askEmail({ userId, epoch, tokenId, email }))) return null;
  await store.emailTokens.issue({
    tokenId,
    kind: 'verification',
    email,
    userId,
    epoch,
    byCode,
    issuedAt: at,
    correlator,
  });
  return tokenId;
}
