import { createWebhookSms } from '../../ports/webhook-sms.ts';
import { sms } from '../ports/sms-gateway.ts';
import { SECRET, startWorld, type World } from './provinces.ts';

const now = Date.parse('2026-11-24T01:02:03Z');
let world: World;
beforeEach(async () => {
  world = await startWorld({ now: () => now });
});
afterEach(() => world.close());

const messages = async (query = '') => (await world.control('GET', `/sms${query}`)).body.items;

const port = ({ secret = SECRET, at = now } = {}) =>
  createWebhookSms({ url: `${world.simulator.url}/sms/messages`, secret, now: () => at });

describe('GET /_sim/sms', () => {
  it('a message sent as Linekeeper sends it → its phone, time and text, and nothing else', async () => {
    await port().send(sms);
    const sent = { at: '2026-11-24T01:02:03Z', to: sms.to, text: sms.text };
    expect(await messages(`?phone=${encodeURIComponent(sms.to)}`)).toEqual([sent]);
    expect(await messages(`?phone=${sms.to}`)).toEqual([sent]);
    expect(await messages('?phone=%2B8613900139000')).toEqual([]);
  });

  it('the same message twice → kept once; another one to the same phone → both, oldest first', async () => {
    await port().send(sms);
    await port().send(sms);
    await port().send({ ...sms, text: 'another', idempotencyKey: 'other:code' });
    expect(await messages()).toMatchObject([{ text: sms.text }, { text: 'another' }]);
  });
});

describe('POST /sms/messages', () => {
  it.each([
    ['signed with another secret', { secret: 'whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA' }],
    ['signed six minutes ago', { at: now - 6 * 60_000 }],
    ['signed six minutes ahead', { at: now + 6 * 60_000 }],
  ])('%s → refused, and nothing is kept', async (_, facts) => {
    await expect(port(facts).send(sms)).rejects.toMatchObject({
      kind: 'permanent',
      message: expect.stringContaining('401'),
    });
    expect(await messages()).toEqual([]);
  });

  it('not signed → 401', async () => {
    const response = await fetch(`${world.simulator.url}/sms/messages`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ to: sms.to, text: sms.text, purpose: 'login', code: '482913' }),
    });
    expect(response.status).toBe(401);
    expect(await messages()).toEqual([]);
  });

  it('signed, but of another body → 401', async () => {
    let body = '';
    const headers: Record<string, string> = {};
    const original = globalThis.fetch;
    globalThis.fetch = async (_url, init) => {
      body = String(init?.body);
      Object.assign(headers, init?.headers);
      return new Response('{}');
    };
    try {
      await port().send(sms);
    } finally {
      globalThis.fetch = original;
    }
    const forged = body.replace('482913', '000000');
    const response = await fetch(`${world.simulator.url}/sms/messages`, {
      method: 'POST',
      headers,
      body: forged,
    });
    expect(response.status).toBe(401);
  });
});
