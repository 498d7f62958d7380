import type { CodeLimits } from '../../api/code-limits.ts';
import { openApi, type TestApi } from './api.ts';
import { expectProblem } from './problems.ts';

const phone = (index: number) => `+861380013${String(8_200 + index)}`;
const started = Date.now();
const minute = 60_000;
const hour = 60 * minute;

let api: TestApi;
/** The time that the app is told. */
let clock = started;

/** An app with small limits. */
async function open(codeLimits: Partial<CodeLimits>, trustedProxies?: string[]): Promise<void> {
  api = await openApi({ now: () => clock, codeLimits, ...(trustedProxies && { trustedProxies }) });
}
beforeEach(() => {
  clock = started;
});
afterEach(() => api.close());

/** Asks for a code: of a phone, as a client, for an end user's address. */
async function ask(about: { phone?: string; client?: string; address?: string } = {}) {
  const token = await api.token({
    scope: 'codes:write',
    clientId: about.client ?? 'payment-app',
    expiresIn: 100_000,
  });
  return api.call('/v1/verification-codes', {
    token,
    body: { phone: about.phone ?? phone(0), purpose: 'login' },
    headers: { 'x-forwarded-for': about.address ?? '198.51.100.1' },
  });
}

describe('limits on codes', () => {
  it('for one phone → after as many as are allowed 429 with Retry-After, and no message; later again', async () => {
    await open({ perPhone: 2 });
    const first = [await ask(), await ask()];
    clock += 20_500;
    const refused = await ask();
    expect(first.map(({ status }) => status)).toEqual([202, 202]);
    expectProblem(refused, 'too_many_requests');
    // What is left of the minute, in whole seconds and never too few.
    expect(refused.headers.get('retry-after')).toBe('40');
    expect(api.sms.handed).toHaveLength(2);

    clock += 39_499;
    expectProblem(await ask(), 'too_many_requests');
    clock += 1;
    expect((await ask()).status).toBe(202);
  });

  it('for one phone → another phone is asked for all the same, and another purpose is not another phone', async () => {
    await open({ perPhone: 1 });
    await ask();
    expect((await ask({ phone: phone(1) })).status).toBe(202);
    const token = await api.token({ scope: 'codes:write' });
    const body = { phone: phone(0), purpose: 'register' };
    expectProblem(await api.call('/v1/verification-codes', { token, body }), 'too_many_requests');
  });

  it('for one phone, by other clients from other addresses → counted together', async () => {
    await open({ perPhone: 2 });
    await ask({ client: 'one', address: '198.51.100.1' });
    await ask({ client: 'two', address: '198.51.100.2' });
    expectProblem(await ask({ client: 'three', address: '198.51.100.3' }), 'too_many_requests');
  });

  it('for one phone in a day → 429 until the day is over', async () => {
    await open({ perPhone: 1, perPhoneADay: 3 });
    for (let index = 0; index < 3; index += 1) {
      expect((await ask()).status).toBe(202);
      clock += hour;
    }
    const refused = await ask();
    expectProblem(refused, 'too_many_requests');
    expect(refused.headers.get('retry-after')).toBe(String(21 * 3_600));
    clock = started + 24 * hour;
    expect((await ask()).status).toBe(202);
  });

  it('from one address → 429, while other addresses of the same client may', async () => {
    await open({ perAddress: 2 });
    await ask({ phone: phone(1) });
    await ask({ phone: phone(2) });
    const refused = await ask({ phone: phone(3) });
    expectProblem(refused, 'too_many_requests');
    expect(refused.headers.get('retry-after')).toBe('60');
    expect((await ask({ phone: phone(3), address: '198.51.100.2' })).status).toBe(202);
  });

  it('from one network of IPv6 → counted as one address', async () => {
    await open({ perAddress: 2 });
    await ask({ phone: phone(1), address: '2001:db8:1:2::1' });
    await ask({ phone: phone(2), address: '2001:db8:1:2:ffff::9' });
    expectProblem(await ask({ phone: phone(3), address: '2001:db8:1:2:3:4:5:6' }), 'too_many_requests');
    expect((await ask({ phone: phone(3), address: '2001:db8:1:3::1' })).status).toBe(202);
  });

  it.each([
    ['nobody', []],
    ['others', ['10.0.0.0/8', '127.0.0.2']],
  ])(
    'an address that is passed on, trusted are %s → not believed: the caller is the address',
    async (_, trusted) => {
      await open({ perAddress: 2 }, trusted);
      await ask({ phone: phone(1), address: '198.51.100.1' });
      await ask({ phone: phone(2), address: '198.51.100.2' });
      expectProblem(await ask({ phone: phone(3), address: '198.51.100.3' }), 'too_many_requests');
    },
  );

  it('addresses written by the end user before the one passed on → not believed', async () => {
    await open({ perAddress: 2 });
    for (const made of ['192.0.2.1', '192.0.2.2']) {
      await ask({ phone: phone(1), address: `${made}, 198.51.100.1` });
    }
    expectProblem(await ask({ phone: phone(3), address: '192.0.2.3, 198.51.100.1' }), 'too_many_requests');
  });

  it('by one client → 429, while other clients may', async () => {
    await open({ perClient: 2 });
    await ask({ phone: phone(1), address: '198.51.100.1' });
    await ask({ phone: phone(2), address: '198.51.100.2' });
    expectProblem(await ask({ phone: phone(3), address: '198.51.100.3' }), 'too_many_requests');
    expect((await ask({ phone: phone(3), client: 'another' })).status).toBe(202);
  });

  it('whoever is over the limit of an address → uses nothing up of the phones that it asks for', async () => {
    await open({ perAddress: 1, perPhone: 1 });
    await ask({ phone: phone(1) });
    for (let index = 0; index < 5; index += 1) await ask({ phone: phone(2) });
    expect((await ask({ phone: phone(2), address: '198.51.100.2' })).status).toBe(202);
  });

  it('30 at one instant → exactly as many as are allowed', async () => {
    await open({ perPhone: 7 });
    const answers = await Promise.all(Array.from({ length: 30 }, () => ask()));
    expect(answers.filter(({ status }) => status === 202)).toHaveLength(7);
    expect(answers.filter(({ status }) => status === 429)).toHaveLength(23);
    expect(api.sms.handed).toHaveLength(7);
  });

  it('a number of no province, or a bad request → not counted', async () => {
    await open({ perClient: 1 });
    for (let index = 0; index < 3; index += 1) await ask({ phone: '+8613700137000' });
    for (let index = 0; index < 3; index += 1) await ask({ phone: 'none' });
    expect((await ask()).status).toBe(202);
  });

  it('who asked → nowhere in the store in clear text', async () => {
    await open({});
    await ask({ address: '198.51.100.77', client: 'a-client' });
    const kept = JSON.stringify(await api.store.limits.model.find().lean());
    expect(kept).not.toMatch(/198\.51\.100\.77|a-client|13800/);
  });
});
