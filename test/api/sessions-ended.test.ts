import { z } from 'zod';
import { createEffectActivities } from '../../activities/number/effects.ts';
import { createLifeActivities } from '../../activities/number/life.ts';
import { asCustomerId } from '../../domain/ids.ts';
import { openApi, type TestApi } from './api.ts';
import { event } from './histories.ts';
import { makePerson, type Person } from './people.ts';
import { testRegistry } from './registry.ts';

let api: TestApi;
let token: string;
const now = Date.now();
const day = 86_400_000;

beforeAll(async () => {
  api = await openApi({ now: () => now });
  token = await api.token({ scope: 'sessions:write users:read users:write codes:write' });
  api.carrierSays({ line: {} });
});
afterAll(() => api.close());

const done = async () => undefined;

async function tokenOf(body: object): Promise<string> {
  const { text } = await api.call('/v1/sessions', { token, body });
  return z.looseObject({ sessionToken: z.string() }).parse(JSON.parse(text)).sessionToken;
}

/** A session by each way in. */
const sessionsOf = async ({ phone, nickname, email, password }: Person) => [
  await tokenOf({ login: phone, password }),
  await tokenOf({ login: nickname, password }),
  await tokenOf({ login: email, password }),
  await tokenOf({ phone, ...(await api.codeFor(phone, 'login')) }),
];

const statusesOf = async ({ userId }: Person, sessions: readonly string[]): Promise<number[]> => {
  const answers = sessions.map((session) =>
    api.call(`/v1/users/${userId}/sessions`, { token, headers: { 'x-user-session': session } }),
  );
  return (await Promise.all(answers)).map(({ status }) => status);
};

/** Reports events of a number, and has its life do what they ask for. Gives the kinds of what it did. */
async function report({ numberKey }: Person, ...events: ReturnType<typeof event>[]): Promise<string[]> {
  const { store } = api;
  const number = await store.numbers.find(numberKey);
  if (!number) throw new Error('no number');
  await store.numbers.write([{ ...number, events, fromVersion: number.version }]);
  const life = createLifeActivities({ store, registry: testRegistry() });
  const messenger = { wakeNumbers: done, runImport: done, deliverNotice: done };
  const effects = createEffectActivities({ store, messenger });
  const { duties = [] } = (await life.readLife({ numberKey, now })) ?? {};
  for (const duty of duties) {
    const call = { numberKey, at: now, attendBy: null, correlator: 'test' };
    if (duty.kind === 'suspend-claim') await effects.suspendClaim({ ...call, duty });
    if (duty.kind === 'release-claim') await effects.releaseClaim({ ...call, duty });
  }
  return duties.map(({ kind }) => kind);
}

describe('all sessions of a user, by whatever way in', () => {
  it.each([
    ['a cancellation, which suspends the claim', ['number.cancelled'], 'suspend-claim'],
    ['a transfer, which releases it', ['number.transferred'], 'release-claim'],
    ['a reissue, which releases it', ['number.reissued'], 'release-claim'],
  ] as const)('%s → ended', async (_, [type], effect) => {
    const person = await makePerson(api.store);
    const sessions = await sessionsOf(person);
    await expect(statusesOf(person, sessions)).resolves.toEqual([200, 200, 200, 200]);
    await expect(report(person, event(type, now - day))).resolves.toEqual([effect]);
    await expect(statusesOf(person, sessions)).resolves.toEqual([401, 401, 401, 401]);
    const next = await tokenOf({ login: person.nickname, password: person.password });
    await expect(statusesOf(person, [next])).resolves.toEqual([200]);
  });

  it.each(['number.suspended', 'number.ported'] as const)(
    '%s, which changes no holder → go on',
    async (type) => {
      const person = await makePerson(api.store);
      const sessions = await sessionsOf(person);
      await expect(report(person, event(type, now - day))).resolves.toEqual([]);
      await expect(statusesOf(person, sessions)).resolves.toEqual([200, 200, 200, 200]);
    },
  );

  it('a reset by code that a stranger got through → the former user is in again with the password from before', async () => {
    const person = await makePerson(api.store);
    const proof = await api.codeFor(person.phone, 'reset-password');
    const body = { phone: person.phone, ...proof, newPassword: 'nine loud trumpets' };
    const reset = await api.call('/v1/password-resets', { token, body });
    expect(reset.status).toBe(204);
    const strangers = await tokenOf({ login: person.nickname, password: 'nine loud trumpets' });

    await report(person, event('number.reissued', now - day));
    await expect(statusesOf(person, [strangers])).resolves.toEqual([401]);
    const again = await api.call('/v1/sessions', {
      token,
      body: { login: person.nickname, password: 'nine loud trumpets' },
    });
    expect(again.status).toBe(401);
    await tokenOf({ login: person.nickname, password: person.password });
    const codes = (await api.store.evidence.ofNumber(person.numberKey)).map(({ code }) => code);
    expect(codes).toEqual(expect.arrayContaining(['claim.released', 'password.voided']));
  });

  it('a reset by code of long before → stays', async () => {
    const person = await makePerson(api.store);
    const proof = await api.codeFor(person.phone, 'reset-password');
    const body = { phone: person.phone, ...proof, newPassword: 'nine loud trumpets' };
    await api.call('/v1/password-resets', { token, body });
    await report(person, event('number.reissued', now + 1));
    await tokenOf({ login: person.nickname, password: 'nine loud trumpets' });
  });
});

describe('an identity that was given and confirmed after a login', () => {
  const stranger = { name: '韩梅梅', idNumber: '11010519491231002X' };
  const identify = async ({ userId }: Person, session: string) => {
    api.carrierSays({ line: {}, match: 'match' });
    const { status } = await api.call(`/v1/users/${userId}/identity`, {
      method: 'PUT',
      token,
      body: stranger,
      headers: { 'x-user-session': session },
    });
    expect(status).toBe(200);
  };
  const codeSession = async ({ phone }: Person) => tokenOf({ phone, ...(await api.codeFor(phone, 'login')) });
  const customerOf = async ({ userId }: Person) => (await api.store.users.find(userId))?.customerId;

  it('by code, when the number was another holder’s already → keeps nobody from losing the claim, and is gone', async () => {
    const person = await makePerson(api.store);
    await identify(person, await codeSession(person));
    const customerId = (await customerOf(person)) ?? asCustomerId('none');
    await expect(api.store.customers.find(customerId)).resolves.toMatchObject({ verifiedAt: now });

    await expect(report(person, event('number.transferred', now - day))).resolves.toEqual(['release-claim']);
    await expect(customerOf(person)).resolves.toBeNull();
    await expect(api.store.customers.find(customerId)).resolves.toBeNull();
    const codes = (await api.store.evidence.ofNumber(person.numberKey)).map(({ code }) => code);
    expect(codes).toContain('identity.voided');
  });

  it('with a password that a code had set by then → the same', async () => {
    const person = await makePerson(api.store);
    const proof = await api.codeFor(person.phone, 'reset-password');
    const body = { phone: person.phone, ...proof, newPassword: 'nine loud trumpets' };
    await api.call('/v1/password-resets', { token, body });
    await identify(person, await tokenOf({ login: person.phone, password: 'nine loud trumpets' }));
    await expect(report(person, event('number.transferred', now - day))).resolves.toEqual(['release-claim']);
    await expect(customerOf(person)).resolves.toBeNull();
  });

  it('by code, before the number was another holder’s → the carrier is asked whether it is the same person', async () => {
    const person = await makePerson(api.store);
    await identify(person, await codeSession(person));
    const duties = await report(person, event('number.transferred', now + 1));
    expect(duties).toContain('ask-same-person');
    await expect(customerOf(person)).resolves.not.toBeNull();
  });

  it('by password → the carrier is asked, also where the report comes late', async () => {
    const person = await makePerson(api.store);
    await identify(person, await tokenOf({ login: person.phone, password: person.password }));
    const duties = await report(person, event('number.transferred', now - day));
    expect(duties).toContain('ask-same-person');
    await expect(customerOf(person)).resolves.not.toBeNull();
  });
});
