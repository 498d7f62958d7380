import { once } from 'node:events';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { text } from 'node:stream/consumers';
import { SMTPServer, type SMTPServerOptions } from 'smtp-server';
import { MailError } from '../../ports/mail.ts';
import { createSmtpMail } from '../../ports/smtp-mail.ts';

const FROM = 'Linekeeper <no-reply@linekeeper.example>';
const mail = {
  to: 'wei@mail.example',
  subject: '您的登录手机已解除',
  text: '您好，\n您的登录手机号码已解除。\n.\n',
  idempotencyKey: 'claim-1:release-mail',
};

type Received = { from: string; to: string[]; content: string };

const ends: Array<() => Promise<unknown>> = [];
afterEach(async () => {
  await Promise.all(ends.splice(0).map((end) => end()));
});

function urlOf(server: Server): string {
  const { port } = server.address() as AddressInfo;
  return `smtp://127.0.0.1:${port}`;
}

/** A mail server on a free port of the loopback. */
async function mailServer(options: SMTPServerOptions = {}) {
  const received: Received[] = [];
  const smtp = new SMTPServer({
    disabledCommands: ['STARTTLS', 'AUTH'],
    async onData(stream, session, done) {
      const content = await text(stream);
      const { mailFrom, rcptTo } = session.envelope;
      received.push({
        from: mailFrom === false ? '' : mailFrom.address,
        to: rcptTo.map((recipient) => recipient.address),
        content,
      });
      done();
    },
    ...options,
  });
  // A connection that a test broke off is no fault of the server.
  smtp.on('error', () => undefined);
  const server = smtp.listen(0, '127.0.0.1');
  await once(server, 'listening');
  ends.push(() => new Promise<void>((done) => smtp.close(done)));
  return { url: urlOf(server), received };
}

async function failureOf(sending: Promise<void>): Promise<MailError> {
  try {
    await sending;
  } catch (error) {
    if (error instanceof MailError) {
      return error;
    }
    throw error;
  }
  throw new Error('The mail was taken');
}

const refusal = (responseCode: number) =>
  Object.assign(new Error('<wei@mail.example> not wanted here'), { responseCode });

describe('createSmtpMail', () => {
  it('a mail → taken by the server with sender, recipient, subject and text', async () => {
    const { url, received } = await mailServer();
    await createSmtpMail({ url, from: FROM }).send(mail);
    expect(received).toHaveLength(1);
    const [{ from, to, content } = { from: '', to: [], content: '' }] = received;
    expect([from, to]).toEqual(['no-reply@linekeeper.example', ['wei@mail.example']]);
    const [head = '', body = ''] = content.split('\r\n\r\n');
    expect(head).toContain('From: Linekeeper <no-reply@linekeeper.example>');
    expect(head).toContain('To: wei@mail.example');
    expect(head).toContain('Auto-Submitted: auto-generated');
    const subject = [...head.matchAll(/=\?UTF-8\?B\?([^?]*)\?=/g)].map((part) =>
      Buffer.from(part[1] ?? '', 'base64'),
    );
    expect(Buffer.concat(subject).toString()).toBe(mail.subject);
    expect(head).toMatch(/Content-Transfer-Encoding: base64/i);
    expect(Buffer.from(body, 'base64').toString().replaceAll('\r\n', '\n')).toBe(mail.text);
  });

  it('the same key again → the same Message-ID; another key → another one; the key in neither', async () => {
    const { url, received } = await mailServer();
    const port = createSmtpMail({ url, from: FROM });
    await port.send(mail);
    await port.send(mail);
    await port.send({ ...mail, idempotencyKey: 'claim-2:release-mail' });
    const ids = received.map(({ content }) => /^Message-ID: (<\S+>)\r$/im.exec(content)?.[1]);
    expect(ids[0]).toMatch(/^<[\da-f]{40}@linekeeper\.example>$/);
    expect(ids[1]).toBe(ids[0]);
    expect(ids[2]).not.toBe(ids[0]);
    expect(received.map(({ content }) => content).join()).not.toContain('claim-');
  });

  it.each([
    [550, 'permanent'],
    [553, 'permanent'],
    [450, 'transient'],
    [452, 'transient'],
  ])('recipient refused with %i → %s, without the address', async (status, kind) => {
    const { url, received } = await mailServer({
      onRcptTo: (_address, _session, done) => done(refusal(status)),
    });
    const failure = await failureOf(createSmtpMail({ url, from: FROM }).send(mail));
    expect(failure.kind).toBe(kind);
    expect(failure.message).toContain(String(status));
    expect(`${failure.stack}${JSON.stringify(failure)}`).not.toContain('wei@');
    expect(failure.cause).toBeUndefined();
    expect(received).toEqual([]);
  });

  it.each([
    [554, 'permanent'],
    [451, 'transient'],
  ])('content refused with %i → %s', async (status, kind) => {
    const { url } = await mailServer({
      onData(stream, _session, done) {
        stream.on('end', () => done(refusal(status))).resume();
      },
    });
    expect((await failureOf(createSmtpMail({ url, from: FROM }).send(mail))).kind).toBe(kind);
  });

  it('our sender refused with 550, a matter of set-up → transient', async () => {
    const { url } = await mailServer({ onMailFrom: (_address, _session, done) => done(refusal(550)) });
    expect((await failureOf(createSmtpMail({ url, from: FROM }).send(mail))).kind).toBe('transient');
  });

  it('credentials refused → transient, without them in the message', async () => {
    const { url } = await mailServer({
      disabledCommands: ['STARTTLS'],
      onAuth: (_auth, _session, done) => done(new Error('no')),
    });
    const port = createSmtpMail({ url: url.replace('//', '//keeper:hunter2@'), from: FROM });
    const failure = await failureOf(port.send(mail));
    expect(failure.kind).toBe('transient');
    expect(`${failure.stack}${JSON.stringify(failure)}`).not.toMatch(/hunter2|wei@/);
  });

  it('nobody listens → transient', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const url = urlOf(server);
    await new Promise((done) => server.close(done));
    expect((await failureOf(createSmtpMail({ url, from: FROM }).send(mail))).kind).toBe('transient');
  });

  it('a server that accepts and says nothing → transient once the time is over', async () => {
    const server = createServer((socket) => ends.push(async () => socket.destroy())).listen(0, '127.0.0.1');
    await once(server, 'listening');
    ends.push(async () => server.close());
    const port = createSmtpMail({ url: urlOf(server), from: FROM, timeouts: { connect: 50, silence: 50 } });
    const failure = await failureOf(port.send(mail));
    expect(failure.kind).toBe('transient');
    expect(failure.message).toContain('ETIMEDOUT');
  });

  it.each([
    '',
    'wei',
    'a@x.example, b@x.example',
    'a@x.example\r\nBcc: b@x.example',
    'Wei <a@x.example>',
    'a;b@x.example',
  ])('address %j → permanent, and nothing sent', async (to) => {
    const { url, received } = await mailServer();
    expect((await failureOf(createSmtpMail({ url, from: FROM }).send({ ...mail, to }))).kind).toBe(
      'permanent',
    );
    expect(received).toEqual([]);
  });

  it('a subject with line breaks → no header of its own', async () => {
    const { url, received } = await mailServer();
    await createSmtpMail({ url, from: FROM }).send({ ...mail, subject: 'Hello\r\nBcc: b@x.example' });
    expect(received.map(({ to }) => to)).toEqual([['wei@mail.example']]);
    expect(received[0]?.content).not.toMatch(/^Bcc:/im);
  });
});
