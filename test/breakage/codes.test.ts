import { dumpStore, findClearText, readFiles } from './clear-text.ts';
import { type OwnStack, openOwnStack } from './own-stack.ts';

const phoneOf = (index: number) => `+86138710000${String(index).padStart(2, '0')}`;
const loopback = '127.0.0.1';

let own: OwnStack;
let token: string;
beforeAll(async () => {
  own = await openOwnStack();
  const { issuer, clients } = own.now.stack.endpoints;
  const { id, secret, scope } = clients.paymentApp;
  const answered = await fetch(`${issuer}/token`, {
    method: 'POST',
    headers: { authorization: `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}` },
    body: new URLSearchParams({ grant_type: 'client_credentials', scope }),
  });
  token = String((await jsonOf(answered)).access_token);
}, 120_000);
afterAll(() => own?.close(), 60_000);
beforeEach(() => own.mend(), 60_000);

const jsonOf = async <T extends object = Record<string, unknown>>(response: Response): Promise<T> =>
  JSON.parse(await response.text());

/** Asks for a code; the address is that of the end user. */
async function ask(phone: string, address = loopback) {
  const response = await fetch(`${own.now.stack.endpoints.api}/v1/verification-codes`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${token}`,
      'content-type': 'application/json',
      'x-forwarded-for': address,
    },
    body: JSON.stringify({ phone, purpose: 'register' }),
  });
  const { status, headers } = response;
  return { status, retryAfter: headers.get('retry-after'), body: Object.keys(await jsonOf(response)) };
}

/** What a phone received. */
async function inboxOf(phone: string): Promise<{ at: string; to: string; text: string }[]> {
  const query = new URLSearchParams({ phone });
  const { items } = await jsonOf<{ items: { at: string; to: string; text: string }[] }>(
    await fetch(`${own.now.stack.endpoints.simulator}/_sim/sms?${query}`),
  );
  return items;
}

describe('codes of a whole stack', () => {
  it('asked for → the phone has one message, with one code', async () => {
    expect(await ask(phoneOf(1))).toEqual({
      status: 202,
      retryAfter: null,
      body: ['verificationId', 'expiresAt'],
    });
    const inbox = await inboxOf(phoneOf(1));
    expect(inbox).toEqual([{ at: expect.any(String), to: phoneOf(1), text: expect.any(String) }]);
    expect(inbox[0]?.text.match(/\d{6}/g)).toHaveLength(1);
  });

  it('20 in a minute → all 202; one more → 429 with Retry-After; another phone → 202', async () => {
    const answers = await Promise.all(Array.from({ length: 21 }, () => ask(phoneOf(2))));
    expect(answers.filter(({ status }) => status === 202)).toHaveLength(20);
    const refused = answers.find(({ status }) => status === 429);
    expect(Number(refused?.retryAfter)).toBeGreaterThan(0);
    expect(Number(refused?.retryAfter)).toBeLessThanOrEqual(60);
    expect((await ask(phoneOf(3))).status).toBe(202);
  });

  it('the SMS provider down → the same answer; up again → the next code arrives', async () => {
    const good = await ask(phoneOf(4));
    await own.now.stack.kill('simulator');
    const begun = performance.now();
    expect(await ask(phoneOf(4))).toEqual(good);
    expect(performance.now() - begun).toBeLessThan(2_000);
    await own.now.stack.restart('simulator');
    expect(await ask(phoneOf(4))).toEqual(good);
    expect((await inboxOf(phoneOf(4))).length).toBeGreaterThanOrEqual(2);
  });

  it('I9: store and logs → neither phones, codes nor addresses in clear', async () => {
    await ask(phoneOf(5), '198.51.100.205');
    const [message] = await inboxOf(phoneOf(5));
    const [code = ''] = /\d{6}/.exec(message?.text ?? '') ?? [];
    const places = [
      ...(await dumpStore(own.now.inside)),
      // The gateway's own books are full of them, which is its business.
      ...readFiles(own.dataDir, /^simulator\.sqlite/),
    ];
    expect(code).toMatch(/^\d{6}$/);
    expect(
      findClearText(places, [
        { what: 'phone', value: phoneOf(5).slice(3) },
        { what: 'code in a message', value: `: ${code}` },
        { what: 'code', value: `"${code}"` },
        { what: 'address', value: '198.51.100.205' },
      ]),
    ).toEqual([]);
  });
});
