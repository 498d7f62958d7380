import { createMailActivities } from '../../activities/mail/send.ts';
import type { EmailTokenId } from '../../domain/ids.ts';
import { type Mail, MailError } from '../../ports/mail.ts';
import type { Store } from '../../store/store.ts';
import { testHasher } from '../store/open-store.ts';

/** A token on a line of its own. */
const TOKEN = /^[\w-]{43}$/m;

/**
 * Mail boxes of tests of the API, where no worker runs: a mail is sent at once by the step that a worker would take.
 * To be read after `api.drained()`, for mails are sent beside answers.
 */
export function createTestMail({ store }: { store: Store }) {
  const sent: Mail[] = [];
  const box = { refuses: false };
  const { sendTokenMail } = createMailActivities({
    store,
    hasher: testHasher,
    mail: {
      async send(mail) {
        if (box.refuses) throw new MailError('permanent', 'no such mailbox');
        sent.push(mail);
      },
    },
  });
  const to = (email: string) => sent.filter((mail) => mail.to === email);
  return {
    /** Whether the mail server refuses all mails for good. */
    box,
    /** All mails, oldest first. */
    sent,
    /** The mails to an address, oldest first. */
    to,
    /** The token in the last mail to an address. Throws where there is none. */
    tokenTo(email: string): string {
      const [token] = TOKEN.exec(to(email).at(-1)?.text ?? '') ?? [];
      if (token === undefined) throw new Error('This address received no token');
      return token;
    },
    /** What the workflow server would have a worker do. */
    deliverMail: ({ tokenId }: { tokenId: EmailTokenId }) => sendTokenMail({ tokenId, at: Date.now() }),
  };
}
