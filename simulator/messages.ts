import type { DatabaseSync } from 'node:sqlite';
import { formatInstant, type Instant } from '../domain/instant.ts';

/** A message that somebody was sent. */
interface Message {
  readonly channel: 'sms' | 'mail';
  readonly at: Instant;
  /** A phone number or an e-mail address in lower case. */
  readonly to: string;
  readonly subject: string | null;
  /** The message's own id: one that comes twice has the same one (of a mail: RFC 5322 §3.6.4). */
  readonly messageId: string | null;
  readonly text: string;
}

/** A message as the controls show it; `subject` and `messageId` on mails only. */
interface ShownMessage {
  readonly at: string;
  readonly to: string;
  readonly subject?: string;
  readonly messageId?: string;
  readonly text: string;
}

/** The messages that the simulated networks took; they last over a restart. */
export interface Messages {
  take(message: Message): void;
  /** Takes a message unless one of this channel and id was taken. False for one that was. */
  takeOnce(message: Message & { readonly messageId: string }): boolean;
  /** The messages of a channel to one receiver, or to all for undefined, oldest first. */
  sent(channel: Message['channel'], to: string | undefined): ShownMessage[];
}

/** The messages in a database. */
export function createMessages(database: DatabaseSync): Messages {
  const add = database.prepare(
    'insert into messages (channel, at, recipient, subject, message_id, text) values (?, ?, ?, ?, ?, ?)',
  );
  const byId = database.prepare('select 1 from messages where channel = ? and message_id = ?');
  const all = database.prepare('select * from messages where channel = ? order by position');
  const byRecipient = database.prepare(
    'select * from messages where channel = ? and recipient = ? order by position',
  );
  const take = ({ channel, at, to, subject, messageId, text }: Message): void => {
    add.run(channel, at, to, subject, messageId, text);
  };
  return {
    take,
    takeOnce(message) {
      if (byId.get(message.channel, message.messageId) !== undefined) return false;
      take(message);
      return true;
    },
    sent: (channel, to) =>
      (to === undefined ? all.all(channel) : byRecipient.all(channel, to)).map((row) => ({
        at: formatInstant(Number(row.at)),
        to: String(row.recipient),
        ...(row.subject === null ? {} : { subject: String(row.subject) }),
        ...(row.message_id === null || channel === 'sms' ? {} : { messageId: String(row.message_id) }),
        text: String(row.text),
      })),
  };
}
