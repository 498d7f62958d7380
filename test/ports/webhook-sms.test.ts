import { createHmac } from 'node:crypto';
import { SmsError } from '../../ports/sms.ts';
import { createWebhookSms } from '../../ports/webhook-sms.ts';
import { type Gateway, nobody, sms, startGateway } from './sms-gateway.ts';

const secret = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';
const now = Date.parse('2026-11-24T08:00:00.500Z');

let gateway: Gateway;
beforeEach(async () => {
  gateway = await startGateway();
});
afterEach(() => gateway.close());

const port = (url = gateway.url) =>
  createWebhookSms({ url: `${url}/messages`, secret, now: () => now, timeout: 300 });

/** How the port fails. */
async function failure(url?: string): Promise<SmsError> {
  const error = await port(url)
    .send(sms)
    .then(
      () => null,
      (reason: unknown) => reason,
    );
  if (!(error instanceof SmsError)) throw new Error('It did not fail as an SmsError');
  return error;
}

describe('createWebhookSms', () => {
  it('a message → one POST of JSON with all that a gateway may need', async () => {
    await port().send(sms);
    expect(gateway.arrived).toHaveLength(1);
    const [call] = gateway.arrived;
    expect(call).toMatchObject({
      method: 'POST',
      url: '/messages',
      headers: { 'content-type': 'application/json' },
    });
    expect(JSON.parse(call?.body ?? '')).toEqual({
      to: sms.to,
      text: sms.text,
      purpose: 'login',
      code: '482913',
    });
  });

  it('a message → signed by Standard Webhooks, over id, time and the bytes sent', async () => {
    await port().send(sms);
    const [call] = gateway.arrived;
    // The specification's own words: HMAC-SHA256 over `id.timestamp.payload`, with the secret's bytes.
    const key = Buffer.from(secret.slice('whsec_'.length), 'base64');
    const expected = createHmac('sha256', key)
      .update(`${sms.idempotencyKey}.1795507200.${call?.body}`)
      .digest('base64');
    expect(call?.headers).toMatchObject({
      'webhook-id': sms.idempotencyKey,
      'webhook-timestamp': '1795507200',
      'webhook-signature': `v1,${expected}`,
    });
  });

  it.each([200, 202, 204])('status %i → taken', async (status) => {
    gateway.reply = (response) => response.writeHead(status).end();
    await expect(port().send(sms)).resolves.toBeUndefined();
  });

  it.each([
    [500, 'transient'],
    [503, 'transient'],
    [408, 'transient'],
    [429, 'transient'],
    [400, 'permanent'],
    [401, 'permanent'],
    [404, 'permanent'],
    [422, 'permanent'],
    [302, 'permanent'],
  ] as const)('status %i → %s', async (status, kind) => {
    gateway.reply = (response) =>
      response.writeHead(status, { location: `${gateway.url}/elsewhere` }).end(`no, ${sms.to}`);
    const error = await failure();
    expect(error.kind).toBe(kind);
    expect(error.message).toContain(String(status));
    // A redirect isn't followed: the code would go to somebody else.
    expect(gateway.arrived).toHaveLength(1);
  });

  it('silence → transient, after the time-out', async () => {
    gateway.reply = () => undefined;
    const error = await failure();
    expect(error).toMatchObject({ kind: 'transient', message: expect.stringContaining('time-out') });
  });

  it('an answer that stops in the middle → transient', async () => {
    gateway.reply = (response) => response.writeHead(200, { 'content-length': '100' }).write('half');
    expect((await failure()).kind).toBe('transient');
  });

  it('a connection that breaks off, or none at all → transient', async () => {
    gateway.reply = (response) => response.destroy();
    expect((await failure()).kind).toBe('transient');
    const error = await failure(await nobody());
    expect(error).toMatchObject({ kind: 'transient', message: expect.stringContaining('ECONNREFUSED') });
  });

  it.each([
    ['a refusal', async () => gateway.url],
    ['no answer', nobody],
  ])('%s → neither phone nor text in the error', async (_, url) => {
    gateway.reply = (response) => response.writeHead(400).end(`${sms.to} ${sms.text}`);
    const error = await failure(await url());
    const told = JSON.stringify([error.message, error.stack, error.cause ?? null, { ...error }]);
    expect(told).not.toMatch(/13800138000|482913/);
  });
});
