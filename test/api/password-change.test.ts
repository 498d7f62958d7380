import { z } from 'zod';
import { openApi, type TestApi } from './api.ts';
import { makePerson, type Person } from './people.ts';
import { expectProblem } from './problems.ts';

let api: TestApi;
let token: string;
let clock = Date.now();
beforeAll(async () => {
  api = await openApi({ now: () => clock });
  token = await api.token({ scope: 'sessions:write users:read users:write', expiresIn: 10 * 24 * 3_600 });
});
afterAll(() => api.close());

const minute = 60_000;
const newPassword = 'nine loud trumpets';

const logIn = ({ phone }: Person, password: string) =>
  api.call('/v1/sessions', { token, body: { login: phone, password } });

async function sessionOf(person: Person): Promise<string> {
  const { text } = await logIn(person, person.password);
  return z.looseObject({ sessionToken: z.string() }).parse(JSON.parse(text)).sessionToken;
}

const change = (person: Person, session: string, body: object) =>
  api.call(`/v1/users/${person.userId}/password`, {
    method: 'PUT',
    token,
    body,
    headers: { 'x-user-session': session },
  });
const isLive = async (person: Person, session: string) =>
  (
    await api.call(`/v1/users/${person.userId}/sessions`, {
      token,
      headers: { 'x-user-session': session },
    })
  ).status === 200;

describe('a change of password', () => {
  it('with the one before → 204, the new one logs in and the old one does not', async () => {
    const person = await makePerson(api.store);
    const answered = await change(person, await sessionOf(person), {
      currentPassword: person.password,
      newPassword,
    });
    expect(answered.status).toBe(204);
    expect(answered.text).toBe('');
    expect((await logIn(person, newPassword)).status).toBe(201);
    expectProblem(await logIn(person, person.password), 'bad_credentials');
  });

  it('→ ends every other session, and its own goes on', async () => {
    const person = await makePerson(api.store);
    const [other, own] = [await sessionOf(person), await sessionOf(person)];
    await change(person, own, { currentPassword: person.password, newPassword });
    await expect(isLive(person, own)).resolves.toBe(true);
    await expect(isLive(person, other)).resolves.toBe(false);
  });

  it('twice in one session → 204 both times', async () => {
    const person = await makePerson(api.store);
    const own = await sessionOf(person);
    await change(person, own, { currentPassword: person.password, newPassword });
    const again = await change(person, own, {
      currentPassword: newPassword,
      newPassword: '四盏安静的灯笼在河边',
    });
    expect(again.status).toBe(204);
    expect((await logIn(person, '四盏安静的灯笼在河边')).status).toBe(201);
  });

  it('ten at one instant with one session → one of them, and its password logs in', async () => {
    const person = await makePerson(api.store);
    const own = await sessionOf(person);
    const wanted = Array.from({ length: 10 }, (_, index) => `trumpets of the band ${index}`);
    const answers = await Promise.all(
      wanted.map((each) => change(person, own, { currentPassword: person.password, newPassword: each })),
    );
    const set = wanted.filter((_, index) => answers[index]?.status === 204);
    expect(set.length).toBeGreaterThan(0);
    const logins = await Promise.all(wanted.map((each) => logIn(person, each)));
    const good = wanted.filter((_, index) => logins[index]?.status === 201);
    expect(good).toHaveLength(1);
    expect(set).toContain(good[0]);
  });

  it('with another one → bad_credentials, and nothing changed', async () => {
    const person = await makePerson(api.store);
    const own = await sessionOf(person);
    expectProblem(
      await change(person, own, { currentPassword: 'not the password', newPassword }),
      'bad_credentials',
    );
    expect((await logIn(person, person.password)).status).toBe(201);
    await expect(isLive(person, own)).resolves.toBe(true);
  });

  it('with another one again and again → too_many_requests, whoever holds the session', async () => {
    const person = await makePerson(api.store, { nickname: null });
    await api.store.knownAddresses.model.deleteMany({});
    const own = await sessionOf(person);
    await api.store.knownAddresses.model.deleteMany({});
    const answers = [];
    for (let tries = 0; tries < 11; tries += 1) {
      answers.push(await change(person, own, { currentPassword: `guess ${tries}`, newPassword }));
    }
    expect(answers.map(({ status }) => status)).toEqual([...Array(10).fill(401), 429]);
    const refused = answers.at(-1);
    expect(refused?.headers.get('retry-after')).toMatch(/^[1-9]\d*$/);
    expect(refused?.body).toMatchObject({ code: 'too_many_requests' });
  });

  it('6 minutes after the login → reauthentication_required, 4 minutes after not', async () => {
    const person = await makePerson(api.store);
    const own = await sessionOf(person);
    clock += 6 * minute;
    const body = { currentPassword: person.password, newPassword };
    expectProblem(await change(person, own, body), 'reauthentication_required');
    const later = await sessionOf(person);
    clock += 4 * minute;
    expect((await change(person, later, body)).status).toBe(204);
  });

  it('without a session, or with another user’s → session_required', async () => {
    const [person, other] = [await makePerson(api.store), await makePerson(api.store)];
    const body = { currentPassword: person.password, newPassword };
    expectProblem(await change(person, '', body), 'session_required');
    expectProblem(await change(person, await sessionOf(other), body), 'session_required');
  });

  it.each([
    ['of 7 characters', '7 chars', 'password_too_short'],
    ['of 1,000 characters', 'x y z '.repeat(200), 'password_too_long'],
    ['that is among the first tried', 'Passw0rd123', 'password_too_common'],
  ] as const)('to one %s → refused as such', async (_, wanted, code) => {
    const person = await makePerson(api.store);
    const body = { currentPassword: person.password, newPassword: wanted };
    expectProblem(await change(person, await sessionOf(person), body), code);
  });

  it.each([
    ['phone', ({ phone }) => phone],
    ['phone without +86', ({ phone }) => phone.slice(3)],
    ['e-mail', ({ email }) => email],
    ['nickname', () => 'lantern keeper'],
  ] satisfies [string, (person: Person) => string][])(
    'to their own %s → password_too_common',
    async (_, own) => {
      const nickname = own.length === 0 ? 'lantern keeper' : undefined;
      const person = await makePerson(api.store, nickname === undefined ? {} : { nickname });
      const body = { currentPassword: person.password, newPassword: own(person) };
      expectProblem(await change(person, await sessionOf(person), body), 'password_too_common');
    },
  );

  it('a body without the current one → 400 that names it', async () => {
    const person = await makePerson(api.store);
    const answered = await change(person, await sessionOf(person), { newPassword });
    expect(answered.body).toMatchObject({ status: 400, errors: [{ pointer: '/currentPassword' }] });
  });
});
