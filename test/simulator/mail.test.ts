import { createTransport } from 'nodemailer';
import { createSmtpMail } from '../../ports/smtp-mail.ts';
import { startWorld, type World } from './provinces.ts';

let world: World;
beforeEach(async () => {
  world = await startWorld({ now: () => Date.parse('2026-11-24T01:02:03Z') });
});
afterEach(() => world.close());

const mails = async (query = '') => (await world.control('GET', `/mail${query}`)).body.items;

describe('GET /_sim/mail', () => {
  it('a mail sent as Linekeeper sends it → its receiver, time, subject, id and text', async () => {
    const mail = createSmtpMail({
      url: `smtp://127.0.0.1:${world.simulator.smtpPort}`,
      from: 'Linekeeper <no-reply@linekeeper.example>',
    });
    const text =
      '您的登录手机号码已被移除。\n\nYour login phone was removed: https://example.com/?token=a%20b=c';
    await mail.send({
      to: 'Zhang.Wei+pay@example.com',
      subject: '登录手机',
      text,
      idempotencyKey: 'c1:release-mail',
    });
    const sent = {
      at: '2026-11-24T01:02:03Z',
      to: 'zhang.wei+pay@example.com',
      subject: '登录手机',
      messageId: expect.stringMatching(/^<\w+@linekeeper\.example>$/),
      text,
    };
    expect(await mails('?to=zhang.wei%2Bpay@example.com')).toEqual([sent]);
    expect(await mails('?to=Zhang.Wei+pay@example.com')).toEqual([sent]);
    expect(await mails('?to=someone@example.com')).toEqual([]);
  });

  it('several mails, one of them to two receivers and in HTML → oldest first, one entry for each receiver', async () => {
    const transport = createTransport({ host: '127.0.0.1', port: world.simulator.smtpPort, ignoreTLS: true });
    await transport.sendMail({ from: 'a@example.com', to: 'one@example.com', subject: 'first', text: '1' });
    await transport.sendMail({
      from: 'a@example.com',
      to: ['one@example.com', 'two@example.com'],
      subject: 'second',
      text: 'plain',
      html: '<b>rich</b>',
    });
    transport.close();
    expect(await mails()).toMatchObject([
      { to: 'one@example.com', subject: 'first', text: '1' },
      { to: 'one@example.com', subject: 'second', text: 'plain' },
      { to: 'two@example.com', subject: 'second', text: 'plain' },
    ]);
    expect(await mails('?to=two@example.com')).toMatchObject([{ subject: 'second' }]);
  });
});
