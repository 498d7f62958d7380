import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import PostalMime from 'postal-mime';
import { SMTPServer } from 'smtp-server';
import type { Instant } from '../domain/instant.ts';
import type { Messages } from './messages.ts';

/** A running mail receiver. */
export interface MailReceiver {
  readonly port: number;
  close(): Promise<void>;
}

/** Bytes of the largest mail taken: what Linekeeper writes are a few lines of text. */
const LARGEST_MAIL = 1_000_000;

/**
 * Takes every mail over SMTP, for whomever it is, and keeps it once per receiver of its envelope.
 * Rejects when the port is taken.
 */
export async function startMailReceiver({
  host,
  port,
  messages,
  now,
}: {
  host: string;
  port: number;
  messages: Messages;
  now: () => Instant;
}): Promise<MailReceiver> {
  const server = new SMTPServer({
    // Nobody to authenticate, and no certificate to do it under.
    disabledCommands: ['AUTH', 'STARTTLS'],
    disableReverseLookup: true,
    size: LARGEST_MAIL,
    // A client that keeps its connection open must not hold up the end of the process.
    closeTimeout: 500,
    onData(stream, session, callback) {
      buffer(stream)
        .then((raw) => PostalMime.parse(raw))
        .then(({ subject, messageId, text, html }) => {
          for (const { address } of session.envelope.rcptTo) {
            messages.take({
              channel: 'mail',
              at: now(),
              to: address.toLowerCase(),
              subject: subject ?? '',
              messageId: messageId ?? '',
              text: (text ?? html ?? '').trimEnd(),
            });
          }
          callback();
        })
        .catch((error: Error) => callback(error));
    },
  });
  const listening = await new Promise<number>((resolve, reject) => {
    server.once('error', reject);
    const net = server.listen(port, host, () => resolve((net.address() as AddressInfo).port));
  });
  // A client that breaks its connection off concerns nobody else.
  server.on('error', () => undefined);
  return {
    port: listening,
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
}
