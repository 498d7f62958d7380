import { z } from 'zod';
import { followRelease } from '../../activities/number/after-release.ts';
import { openApi, type TestApi } from './api.ts';
import { event } from './histories.ts';
import { logInAs } from './own-session.ts';
import { makePerson, type Person } from './people.ts';
import { expectProblem } from './problems.ts';

let api: TestApi;
let token: string;
let clock = Date.now();
beforeAll(async () => {
  api = await openApi({ now: () => clock });
  token = await api.token({ scope: 'sessions:write users:write', expiresIn: 10 * 86_400 });
});
afterAll(() => api.close());

const minute = 60_000;
const day = 24 * 60 * minute;
let addresses = 0;
const address = () => {
  addresses += 1;
  return `given${addresses}@example.com`;
};

/** Has a person ask for an e-mail, and reads the token there. */
async function ask(person: Person, email: string): Promise<string> {
  const { put } = await logInAs(api, person);
  const answered = await put('email', { email });
  expect([answered.status, answered.text]).toEqual([202, '']);
  await api.drained();
  return api.mail.tokenTo(email);
}

const verify = (emailToken: string, headers: Record<string, string> = {}) =>
  api.call('/v1/email-verifications', { token, body: { token: emailToken }, headers });
const logIn = ({ password }: Person, login: string) =>
  api.call('/v1/sessions', { token, body: { login, password } });

describe('an e-mail that is given', () => {
  it('→ 202, and a mail in two languages with the token on a line of its own', async () => {
    const person = await makePerson(api.store);
    const email = address();
    const emailToken = await ask(person, email);
    const [mail] = api.mail.to(email);
    expect(mail?.text.split('\n')).toContain(emailToken);
    expect(emailToken).toMatch(/^[A-Za-z0-9_-]{43}$/);
    expect(mail?.text).toMatch(/邮箱[\s\S]*verify this e-mail/);
    expect(mail?.subject).toBe('验证邮箱 / Verify your e-mail');
  });

  it('before it is verified → opens nothing, reserves nothing, and is shown masked', async () => {
    const person = await makePerson(api.store, { email: null });
    const email = address();
    await ask(person, email);
    expectProblem(await logIn(person, email), 'bad_credentials');
    expect(await api.store.handles.ownerOf('email', email)).toBeNull();
    expect((await (await logInAs(api, person)).shown()).body).toMatchObject({ email: 'g***@example.com' });
    await api.call('/v1/password-resets', { token, body: { email } });
    await api.drained();
    expect(api.mail.to(email)).toHaveLength(1);
  });

  it('verified → the login, and the one before is free', async () => {
    const person = await makePerson(api.store);
    const email = address();
    const answered = await verify(await ask(person, email));
    expect([answered.status, answered.text]).toEqual([204, '']);
    expect((await logIn(person, email)).status).toBe(201);
    expect((await logIn(person, email.toUpperCase())).status).toBe(201);
    expectProblem(await logIn(person, person.email), 'bad_credentials');
    expect(await api.store.handles.ownerOf('email', person.email)).toBeNull();
  });

  it('while the user has a verified one → that stays the login', async () => {
    const person = await makePerson(api.store);
    await ask(person, address());
    expect((await logIn(person, person.email)).status).toBe(201);
  });

  it('of another user → 202 all the same, and email_in_use by the token', async () => {
    const [owner, person] = [await makePerson(api.store), await makePerson(api.store)];
    const emailToken = await ask(person, owner.email);
    expectProblem(await verify(emailToken), 'email_in_use');
    expect((await logIn(owner, owner.email)).status).toBe(201);
    expect((await logIn(person, person.email)).status).toBe(201);
  });

  it('by two users → the second who verifies gets email_in_use', async () => {
    const [first, second] = [await makePerson(api.store), await makePerson(api.store)];
    const email = address();
    const [one, two] = [await ask(first, email), await ask(second, email)];
    expect((await verify(two)).status).toBe(204);
    expectProblem(await verify(one), 'email_in_use');
    expect((await logIn(second, email)).status).toBe(201);
  });

  it('and then another one → the token of the first is void', async () => {
    const person = await makePerson(api.store);
    const [wrong, right] = [address(), address()];
    const first = await ask(person, wrong);
    const second = await ask(person, right);
    expectProblem(await verify(first), 'email_token_invalid');
    expect((await verify(second)).status).toBe(204);
    expectProblem(await verify(first), 'email_token_invalid');
    expect(await api.store.handles.ownerOf('email', wrong)).toBeNull();
  });

  it('and then the sessions of the user ended → the token is void', async () => {
    const person = await makePerson(api.store);
    const email = address();
    const emailToken = await ask(person, email);
    await api.store.users.raiseEpoch(person.userId, 'released');
    expectProblem(await verify(emailToken), 'email_token_invalid');
    expect(await api.store.handles.ownerOf('email', email)).toBeNull();
  });

  it.each([
    ['no address', 'xiaoli'],
    ['two', 'a@example.com,b@example.com'],
    ['a header in it', 'a@example.com\r\nBcc: b@example.com'],
    ['a name', 'Li <li@example.com>'],
    ['nothing', ''],
    [
      '300 characters',
      `${'a'.repeat(60)}@${'b'.repeat(60)}.${'c'.repeat(60)}.${'d'.repeat(60)}.${'e'.repeat(60)}`,
    ],
  ])('%s → email_invalid, and no mail', async (_, email) => {
    const { put } = await logInAs(api, await makePerson(api.store));
    const before = api.mail.sent.length;
    expectProblem(await put('email', { email }), 'email_invalid');
    await api.drained();
    expect(api.mail.sent).toHaveLength(before);
  });

  it('without a session, or with a stale one → refused', async () => {
    const person = await makePerson(api.store);
    const { put } = await logInAs(api, person);
    expectProblem(await put('email', { email: address() }, { headers: {} }), 'session_required');
    clock += 6 * minute;
    expectProblem(await put('email', { email: address() }), 'reauthentication_required');
  });

  it('when the session ended while it was asked → session_required, and no mail', async () => {
    const person = await makePerson(api.store);
    const email = address();
    const { put } = await logInAs(api, person);
    const { askEmail } = api.store.users;
    const raced = jest.spyOn(api.store.users, 'askEmail').mockImplementationOnce(async (asked) => {
      await api.store.users.raiseEpoch(person.userId, 'released');
      return askEmail(asked);
    });
    expectProblem(await put('email', { email }), 'session_required');
    raced.mockRestore();
    await api.drained();
    expect(api.mail.to(email)).toEqual([]);
  });

  it('eleven times in an hour → ten mails', async () => {
    const email = address();
    const { put } = await logInAs(api, await makePerson(api.store));
    for (let i = 0; i < 11; i += 1) expect((await put('email', { email })).status).toBe(202);
    await api.drained();
    expect(api.mail.to(email)).toHaveLength(10);
  });

  it('whose server refuses the mail for good → 202, and it is not tried again', async () => {
    const email = address();
    api.mail.box.refuses = true;
    const { put } = await logInAs(api, await makePerson(api.store));
    expect((await put('email', { email })).status).toBe(202);
    await api.drained();
    api.mail.box.refuses = false;
    expect(await api.store.emailTokens.owedSince({ before: clock + day, limit: 10 })).toEqual([]);
  });
});

describe('an e-mail that was verified after a login by code', () => {
  /** Has somebody with a code of the phone make another e-mail the user's. */
  async function byCode({ userId, phone }: Person, email: string): Promise<void> {
    api.carrierSays({ line: {} });
    const codes = await api.token({ scope: 'codes:write', expiresIn: 10 * 86_400 });
    const asked = await api.call('/v1/verification-codes', {
      token: codes,
      body: { phone, purpose: 'login' },
    });
    const { verificationId } = z.looseObject({ verificationId: z.string() }).parse(asked.body);
    const code = api.sms.codeOf({ phone, verificationId });
    const login = await api.call('/v1/sessions', { token, body: { phone, verificationId, code } });
    const { sessionToken } = z.looseObject({ sessionToken: z.string() }).parse(login.body);
    const headers = { 'x-user-session': sessionToken };
    await api.call(`/v1/users/${userId}/email`, { method: 'PUT', token, body: { email }, headers });
    await api.drained();
    expect((await verify(api.mail.tokenTo(email))).status).toBe(204);
  }

  /** The number went to somebody else at an instant, and is released for it. */
  async function reissue({ numberKey, claimId, userId }: Person, at: number): Promise<void> {
    const number = await api.store.numbers.find(numberKey);
    if (!number) throw new Error('no number');
    const reissued = event('number.reissued', at);
    await api.store.numbers.write([{ ...number, events: [reissued], fromVersion: number.version }]);
    const since = (await api.store.claims.find(numberKey))?.claim?.stateSince ?? 0;
    const cause = { kind: 'reissued', eventKey: reissued.key } as const;
    const owes = { kind: 'release-claim', claimId, userId, since, cause } as const;
    const step = { numberKey, claimId, at: clock, since, cause, owes };
    const released = await api.store.claims.release(step);
    if (!released) throw new Error('not released');
    const messenger = { deliverNotice: async () => undefined };
    await followRelease({ store: api.store, messenger }, { numberKey, released, correlator: 'test' });
  }

  it('and the number was another holder’s by then → gone, and the owner’s is back', async () => {
    const person = await makePerson(api.store);
    const email = address();
    await byCode(person, email);
    await reissue(person, clock - minute);
    expect(await api.store.users.find(person.userId)).toMatchObject({
      email: person.email,
      emailVerified: true,
      phone: null,
    });
    expect(await api.store.handles.ownerOf('email', email)).toBeNull();
    expect((await logIn(person, person.email)).status).toBe(201);
    const codes = (await api.store.evidence.ofNumber(person.numberKey)).map(({ code }) => code);
    expect(codes).toContain('email.voided');
  });

  it('and the number went to somebody else later → stays', async () => {
    const person = await makePerson(api.store);
    const email = address();
    await byCode(person, email);
    await reissue(person, clock + minute);
    expect((await logIn(person, email)).status).toBe(201);
  });
});

describe('a token of an e-mail', () => {
  it.each([
    ['nothing', ''],
    ['some text', 'let me in'],
    ['43 characters that nobody made', 'A'.repeat(43)],
  ])('%s → email_token_invalid', async (_, text) => {
    expectProblem(await verify(text), 'email_token_invalid');
  });

  it('one character changed → email_token_invalid', async () => {
    const emailToken = await ask(await makePerson(api.store), address());
    const changed = `${emailToken.slice(0, 20)}${emailToken[20] === 'x' ? 'y' : 'x'}${emailToken.slice(21)}`;
    expectProblem(await verify(changed), 'email_token_invalid');
    expect((await verify(emailToken)).status).toBe(204);
  });

  it('used → email_token_invalid', async () => {
    const emailToken = await ask(await makePerson(api.store), address());
    expect((await verify(emailToken)).status).toBe(204);
    expectProblem(await verify(emailToken), 'email_token_invalid');
  });

  it('used by the same request, whose answer was lost → 204 again', async () => {
    const emailToken = await ask(await makePerson(api.store), address());
    const headers = { 'idempotency-key': 'verify-once' };
    expect((await verify(emailToken, headers)).status).toBe(204);
    await api.store.idempotency.model.deleteMany({});
    expect((await verify(emailToken, headers)).status).toBe(204);
  });

  it('after a day → email_token_invalid', async () => {
    const emailToken = await ask(await makePerson(api.store), address());
    clock += day;
    expectProblem(await verify(emailToken), 'email_token_invalid');
  });

  it('20 times at one instant → exactly one is answered with 204', async () => {
    const person = await makePerson(api.store);
    const email = address();
    const emailToken = await ask(person, email);
    const answers = await Promise.all(Array.from({ length: 20 }, () => verify(emailToken)));
    expect(answers.filter(({ status }) => status === 204)).toHaveLength(1);
    expect(await api.store.handles.ownerOf('email', email)).toBe(person.userId);
  });

  it('of a reset → is none', async () => {
    const person = await makePerson(api.store);
    await api.call('/v1/password-resets', { token, body: { email: person.email } });
    await api.drained();
    expectProblem(await verify(api.mail.tokenTo(person.email)), 'email_token_invalid');
  });
});

describe('what is kept of it', () => {
  it('store and logs → neither the address nor the token in clear', async () => {
    const email = 'kept-nowhere@example.com';
    const emailToken = await ask(await makePerson(api.store), email);
    await verify(emailToken);
    await verify(emailToken);
    const secrets = [emailToken, emailToken.slice(22), 'kept-nowhere'];
    const kept: string[] = [...api.lines];
    for (const model of Object.values(api.store.users.model.db.models)) {
      kept.push(JSON.stringify(await model.find().lean()));
    }
    for (const secret of secrets) expect(kept.filter((text) => text.includes(secret))).toEqual([]);
  });
});
