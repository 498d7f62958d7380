import { z } from 'zod';
import { problemCodes } from '../../api/problem-codes.ts';
import { alternatives } from '../../domain/gate-rules.ts';
import { type Answered, openApi, type TestApi } from './api.ts';
import { event } from './histories.ts';
import { makePerson, type Person } from './people.ts';
import { expectProblem } from './problems.ts';

let api: TestApi;
let token: string;
let clock = Date.now();
beforeAll(async () => {
  api = await openApi({ now: () => clock });
  token = await api.token({
    scope: 'sessions:write users:read codes:write',
    expiresIn: 10 * 24 * 3_600,
  });
});
afterAll(() => api.close());
beforeEach(() => {
  api.scripted.reset();
  api.carrierSays({ line: {} });
});

const minute = 60_000;
const day = 24 * 60 * minute;
const newPassword = 'nine loud trumpets';

type Way = 'login' | 'reset-password';
const ways: Way[] = ['login', 'reset-password'];
const ask = (way: Way, body: object) =>
  api.call(way === 'login' ? '/v1/sessions' : '/v1/password-resets', {
    token,
    body: way === 'login' ? body : { newPassword, ...body },
  });

async function codeFor(phone: string, purpose: Way = 'login') {
  const { text } = await api.call('/v1/verification-codes', { token, body: { phone, purpose } });
  const { verificationId } = z.looseObject({ verificationId: z.string() }).parse(JSON.parse(text));
  return { phone, verificationId, code: api.sms.codeOf({ phone, verificationId }) };
}
const withCode = async (way: Way, { phone }: Pick<Person, 'phone'>) => ask(way, await codeFor(phone, way));
const logInByPassword = (login: string, password: string) =>
  api.call('/v1/sessions', { token, body: { login, password } });

async function report({ numberKey }: Person, ...events: ReturnType<typeof event>[]) {
  const number = await api.store.numbers.find(numberKey);
  if (!number) throw new Error('no number');
  await api.store.numbers.write([{ ...number, events, fromVersion: number.version }]);
}

/** Expects a refusal of the gate: 403, and the same other ways for everyone. */
function expectRefusal(
  answered: Answered,
  code: 'number_recycled' | 'number_frozen' | 'number_undecided' | 'no_such_login',
) {
  expect(answered.status).toBe(403);
  expect(answered.headers.get('content-type')).toBe('application/problem+json');
  expect(answered.body).toEqual({
    type: `urn:linekeeper:problem:${code.replaceAll('_', '-')}`,
    title: problemCodes[code].title,
    status: 403,
    detail: expect.any(String),
    code,
    alternatives,
  });
}

const timelineOf = async ({ numberKey }: Person) =>
  (await api.store.evidence.ofNumber(numberKey)).map(({ code }) => code);

describe('a login by code', () => {
  it('on a current number → 201 with a session of that user', async () => {
    const person = await makePerson(api.store);
    const answered = await withCode('login', person);
    expect(answered.status).toBe(201);
    expect(answered.body).toEqual({
      userId: person.userId,
      sessionToken: expect.any(String),
      expiresAt: expect.any(String),
    });
    const { sessionToken } = z.looseObject({ sessionToken: z.string() }).parse(answered.body);
    const listed = await api.call(`/v1/users/${person.userId}/sessions`, {
      token,
      headers: { 'x-user-session': sessionToken },
    });
    expect(listed.body).toMatchObject({ items: [{ method: 'code', isCurrent: true }] });
    await expect(timelineOf(person)).resolves.toEqual(
      expect.arrayContaining(['verdict.current', 'login.allowed']),
    );
  });

  it('of a user with neither nickname nor e-mail → is asked for one', async () => {
    const person = await makePerson(api.store, { nickname: null, email: null });
    expect((await withCode('login', person)).body).toMatchObject({ asksFor: ['nickname', 'email'] });
  });

  it('twice within the answer’s age → the carrier is asked once', async () => {
    const person = await makePerson(api.store);
    await withCode('login', person);
    api.carrierLookups();
    expect((await withCode('login', person)).status).toBe(201);
    expect(api.carrierLookups()).toEqual([]);
  });
});

describe('a reset by code', () => {
  it('on a current number → 204, the new password logs in and the old one does not', async () => {
    const person = await makePerson(api.store);
    const answered = await withCode('reset-password', person);
    expect(answered.status).toBe(204);
    expect(answered.text).toBe('');
    expect((await logInByPassword(person.nickname, newPassword)).status).toBe(201);
    expectProblem(await logInByPassword(person.nickname, person.password), 'bad_credentials');
    await expect(timelineOf(person)).resolves.toEqual(
      expect.arrayContaining(['verdict.current', 'reset.allowed']),
    );
  });

  it('→ ends all sessions of the user', async () => {
    const person = await makePerson(api.store);
    const { body } = await logInByPassword(person.phone, person.password);
    const { sessionToken } = z.looseObject({ sessionToken: z.string() }).parse(body);
    await withCode('reset-password', person);
    expectProblem(
      await api.call(`/v1/users/${person.userId}/sessions`, {
        token,
        headers: { 'x-user-session': sessionToken },
      }),
      'session_required',
    );
  });

  it('again with the same Idempotency-Key → 204 again; without it the code is used', async () => {
    const { phone } = await makePerson(api.store);
    const body = { ...(await codeFor(phone, 'reset-password')), newPassword };
    const keyed = () =>
      api.call('/v1/password-resets', { token, body, headers: { 'idempotency-key': `reset-${phone}` } });
    expect((await keyed()).status).toBe(204);
    expect((await keyed()).status).toBe(204);
    expectProblem(await ask('reset-password', body), 'code_invalid');
  });

  it.each([
    ['of 7 characters', '7 chars', 'password_too_short'],
    ['of 1,000 characters', 'x y z '.repeat(200), 'password_too_long'],
    ['that is among the first tried', 'Passw0rd123', 'password_too_common'],
  ] as const)('to a password %s → refused as such, and the code is good still', async (_, wanted, code) => {
    const { phone } = await makePerson(api.store);
    const proof = await codeFor(phone, 'reset-password');
    expectProblem(await ask('reset-password', { ...proof, newPassword: wanted }), code);
    expect((await ask('reset-password', proof)).status).toBe(204);
  });

  it('to the phone itself → password_too_common, and the code is good still', async () => {
    const { phone } = await makePerson(api.store);
    const proof = await codeFor(phone, 'reset-password');
    expectProblem(await ask('reset-password', { ...proof, newPassword: phone }), 'password_too_common');
    expect((await ask('reset-password', proof)).status).toBe(204);
  });

  it('to the user’s nickname → password_too_common', async () => {
    const { phone } = await makePerson(api.store, { nickname: 'lantern keeper of old' });
    const proof = await codeFor(phone, 'reset-password');
    expectProblem(
      await ask('reset-password', { ...proof, newPassword: 'Lantern Keeper of old' }),
      'password_too_common',
    );
  });

  it('with Chinese and spaces → 204, and it logs in', async () => {
    const person = await makePerson(api.store);
    const proof = await codeFor(person.phone, 'reset-password');
    const chosen = '四盏 安静的 灯笼在河边';
    expect((await ask('reset-password', { ...proof, newPassword: chosen })).status).toBe(204);
    expect((await logInByPassword(person.phone, chosen)).status).toBe(201);
  });

  it('while the user’s epoch is raised once in between → decided anew, and set', async () => {
    const person = await makePerson(api.store);
    const proof = await codeFor(person.phone, 'reset-password');
    const { setPassword } = api.store.users;
    const spy = jest.spyOn(api.store.users, 'setPassword').mockImplementationOnce(async (change) => {
      await api.store.users.raiseEpoch(person.userId, 'in between');
      return setPassword(change);
    });
    expect((await ask('reset-password', proof)).status).toBe(204);
    expect(spy).toHaveBeenCalledTimes(2);
    spy.mockRestore();
    expect((await logInByPassword(person.phone, newPassword)).status).toBe(201);
  });
});

describe.each(ways)('by code, for %s', (way) => {
  const other: Way = way === 'login' ? 'reset-password' : 'login';

  it.each([
    ['a wrong code', async (phone: string) => ({ ...(await codeFor(phone, way)), code: '000000' })],
    ['no digits', async (phone: string) => ({ ...(await codeFor(phone, way)), code: 'abcdef' })],
    ['a code for another purpose', async (phone: string) => codeFor(phone, other)],
    [
      'a code of another phone',
      async (phone: string) => ({ ...(await codeFor('+8613800000001', way)), phone }),
    ],
    [
      'an unknown verification',
      async (phone: string) => ({ ...(await codeFor(phone, way)), verificationId: 'unknown' }),
    ],
  ])('%s → code_invalid', async (_, proofOf) => {
    const { phone } = await makePerson(api.store);
    expectProblem(await ask(way, await proofOf(phone)), 'code_invalid');
    expect(api.carrierLookups()).toEqual([]);
  });

  it('a code after 5 minutes → code_invalid', async () => {
    const proof = await codeFor((await makePerson(api.store)).phone, way);
    clock += 5 * minute;
    expectProblem(await ask(way, proof), 'code_invalid');
  });

  it('a code used before → code_invalid', async () => {
    const proof = await codeFor((await makePerson(api.store)).phone, way);
    await ask(way, proof);
    expectProblem(await ask(way, proof), 'code_invalid');
  });

  it('the right code after five wrong ones → code_invalid', async () => {
    const proof = await codeFor((await makePerson(api.store)).phone, way);
    const wrong = ['1', '2', '3', '4', '5'].map((digit) => digit.repeat(6)).filter((c) => c !== proof.code);
    while (wrong.length < 5) wrong.push('999999');
    for (const code of wrong) await ask(way, { ...proof, code });
    expectProblem(await ask(way, proof), 'code_invalid');
  });

  it('a number that nobody logs in by → no_such_login', async () => {
    expectRefusal(await withCode(way, { phone: '+8613800000002' }), 'no_such_login');
  });

  it('a number with a later join date → number_recycled, and its release begins', async () => {
    const person = await makePerson(api.store);
    api.carrierSays({ line: { joined: { precision: 'second', at: clock - day } } });
    expectRefusal(await withCode(way, person), 'number_recycled');
    const { claim } = (await api.store.claims.find(person.numberKey)) ?? {};
    expect(claim?.foundRecycled).toMatchObject({ verdictId: expect.any(String) });
    await expect(timelineOf(person)).resolves.toEqual(
      expect.arrayContaining(['verdict.recycled', way === 'login' ? 'login.refused' : 'reset.refused']),
    );
    expect((await logInByPassword(person.nickname, person.password)).status).toBe(201);
  });

  it('a number that was reported cancelled → number_frozen, and the carrier is not asked', async () => {
    const person = await makePerson(api.store);
    await report(person, event('number.cancelled', clock - day));
    expectRefusal(await withCode(way, person), 'number_frozen');
    expect(api.carrierLookups()).toEqual([]);
  });

  it('a number that was reported reissued → number_recycled', async () => {
    const person = await makePerson(api.store);
    const cancelled = event('number.cancelled', clock - 30 * day);
    await report(person, cancelled, event('number.reissued', clock - 2 * day));
    expectRefusal(await withCode(way, person), 'number_recycled');
  });

  it.each(['not-found', 'time-out', 'connection-failed', 'answer-malformed'] as const)(
    'a carrier that says %s → number_undecided, and nothing is released',
    async (nothing) => {
      const person = await makePerson(api.store);
      api.carrierSays({ all: nothing });
      expectRefusal(await withCode(way, person), 'number_undecided');
      const { claim } = (await api.store.claims.find(person.numberKey)) ?? {};
      expect(claim).toMatchObject({ state: 'active' });
      expect(claim?.foundRecycled).toBeUndefined();
    },
  );

  it('a carrier that never answers → number_undecided within 2 seconds', async () => {
    const person = await makePerson(api.store);
    api.carrierSays({ all: 'silent' });
    const proof = await codeFor(person.phone, way);
    const before = performance.now();
    expectRefusal(await ask(way, proof), 'number_undecided');
    expect(performance.now() - before).toBeLessThan(2_000);
  });

  it('a claim that is suspended, though its tenancy goes on → number_undecided', async () => {
    const person = await makePerson(api.store);
    const { claim } = (await api.store.claims.find(person.numberKey)) ?? {};
    const since = claim?.stateSince ?? 0;
    await api.store.claims.suspend({ ...person, at: clock, since });
    expectRefusal(await withCode(way, person), 'number_undecided');
  });

  it('a refusal → changes nothing of the user', async () => {
    const person = await makePerson(api.store);
    const before = await api.store.users.find(person.userId);
    await report(person, event('number.cancelled', clock - day));
    await withCode(way, person);
    await expect(api.store.users.find(person.userId)).resolves.toEqual(before);
  });

  it('a phone that is none → phone_invalid', async () => {
    const answered = await ask(way, { phone: '+4412345', verificationId: 'x', code: '123456' });
    expectProblem(answered, 'phone_invalid');
  });

  it('without the scope → scope_missing', async () => {
    const answered = await api.call(way === 'login' ? '/v1/sessions' : '/v1/password-resets', {
      token: await api.token({ scope: 'users:read', expiresIn: 10 * 24 * 3_600 }),
      body: {},
    });
    expectProblem(answered, 'scope_missing');
  });
});
