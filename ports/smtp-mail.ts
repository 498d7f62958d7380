import { createHash } from 'node:crypto';
import { createTransport } from 'nodemailer';
import { type Mail, MailError, type MailPort } from './mail.ts';

/** How long the mail server may be silent, in milliseconds. */
interface MailTimeouts {
  /** Until it is connected and has greeted. */
  connect: number;
  /** Between two answers. */
  silence: number;
}

/**
 * A mail server is near: 5 s tell that it is down. RFC 5321 §4.5.3.2 would have a relay wait for minutes; a submission
 * that is tried again, and recognised when doubled, needn't block its sender that long.
 */
const TIMEOUTS: MailTimeouts = { connect: 5_000, silence: 20_000 };

/** One address and no list, no display name, nothing that could end a header. */
const ONE_ADDRESS = /^[^\s@<>,;:"()]+@[^\s@<>,;:"()]+$/;

/** Steps of SMTP whose refusal is about this mail; refusals before them are about us, and end when we are set right. */
const ABOUT_THIS_MAIL = ['RCPT TO', 'DATA'];

/**
 * Sends mail by SMTP. `url` is `smtp://` (STARTTLS where offered; `?requireTLS=true` demands it) or `smtps://`, with
 * credentials if need be. One connection a mail: they are few, and none can go stale.
 */
export function createSmtpMail(options: { url: string; from: string; timeouts?: MailTimeouts }): MailPort {
  const timeouts = options.timeouts ?? TIMEOUTS;
  const transport = createTransport({
    url: options.url,
    dnsTimeout: timeouts.connect,
    connectionTimeout: timeouts.connect,
    greetingTimeout: timeouts.connect,
    socketTimeout: timeouts.silence,
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  return {
    async send(mail: Mail) {
      if (!ONE_ADDRESS.test(mail.to)) {
        throw new MailError('permanent', 'A mail has no well-formed address to go to');
      }
      try {
        await transport.sendMail({
          from: options.from,
          to: { name: '', address: mail.to },
          subject: mail.subject,
          text: mail.text,
          messageId: messageIdOf(mail.idempotencyKey, options.from),
          // RFC 3834 §5: keeps out-of-office answers away.
          headers: { 'Auto-Submitted': 'auto-generated' },
        });
      } catch (error) {
        throw mailErrorOf(error);
      }
    },
  };
}

/** RFC 5322 §3.6.4. Hashed, so that ids of ours don't travel, and whatever the key contains. */
function messageIdOf(idempotencyKey: string, from: string): string {
  const domain = /@([^\s@>]+)/.exec(from)?.[1] ?? 'linekeeper.invalid';
  return `<${createHash('sha256').update(idempotencyKey).digest('hex').slice(0, 40)}@${domain}>`;
}

/** The server's words and the library's error quote the address; only the step and the numbers are kept. */
function mailErrorOf(error: unknown): MailError {
  const { code, command, responseCode } = smtpFactsOf(error);
  const about = ABOUT_THIS_MAIL.includes(command);
  const facts = `${code} at ${command}${responseCode === undefined ? '' : `, status ${responseCode}`}`;
  // RFC 5321 §4.2.1: 5yz is a permanent negative completion reply.
  if (about && responseCode !== undefined && responseCode >= 500 && responseCode < 600) {
    return new MailError('permanent', `The mail server refused a mail for good (${facts})`);
  }
  return new MailError('transient', `A mail was not taken by the mail server (${facts})`);
}

function smtpFactsOf(error: unknown): { code: string; command: string; responseCode: number | undefined } {
  const facts = { code: 'unknown error', command: 'unknown step', responseCode: undefined };
  if (!(error instanceof Error)) {
    return facts;
  }
  return {
    code: 'code' in error && typeof error.code === 'string' ? error.code : facts.code,
    command: 'command' in error && typeof error.command === 'string' ? error.command : facts.command,
    responseCode:
      'responseCode' in error && typeof error.responseCode === 'number' ? error.responseCode : undefined,
  };
}
