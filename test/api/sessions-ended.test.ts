import { z } from 'zod';
import { createEffectActivities } from '../../activities/number/effects.ts';
import { createLifeActivities } from '../../activities/number/life.ts';
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
  token = await api.token({ scope: 'sessions:write users:read codes:write' });
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
