import { asUserId } from '../../domain/ids.ts';
import { openApi, type TestApi } from './api.ts';
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
const newPassword = 'nine loud trumpets';

const post = (body: unknown, headers: Record<string, string> = {}) =>
  api.call('/v1/password-resets', { token, body, headers });
const reset = (resetToken: string, headers: Record<string, string> = {}) =>
  post({ resetToken, newPassword }, headers);
const logIn = (login: string, password: string) =>
  api.call('/v1/sessions', { token, body: { login, password } });

/** Asks for a reset, and reads the token in the mail box. */
async function ask({ email }: Pick<Person, 'email'>): Promise<string> {
  expect((await post({ email })).status).toBe(202);
  await api.drained();
  return api.mail.tokenTo(email);
}

describe('asking for a reset by e-mail', () => {
  it('a verified e-mail, also in other letters → 202 and the token, at the address as it was verified', async () => {
    const person = await makePerson(api.store);
    const answered = await post({ email: person.email.toUpperCase() });
    expect([answered.status, answered.text]).toEqual([202, '']);
    await api.drained();
    const [mail] = api.mail.to(person.email);
    expect(mail?.subject).toBe('重置密码 / Reset your password');
    expect(mail?.text.split('\n')).toContain(api.mail.tokenTo(person.email));
  });

  it('an e-mail that nobody has, or nobody verified → the same answer, the same writes, and no mail', async () => {
    const [person, unverified] = [
      await makePerson(api.store),
      await makePerson(api.store, { emailVerified: false }),
    ];
    const before = api.mail.sent.length;
    const answers = [];
    const issued = [];
    for (const email of [person.email, unverified.email, 'nobody@example.com']) {
      const had = await api.store.emailTokens.model.countDocuments();
      answers.push(await post({ email }));
      issued.push((await api.store.emailTokens.model.countDocuments()) - had);
    }
    await api.drained();
    expect(answers.map(({ status, text }) => [status, text])).toEqual([
      [202, ''],
      [202, ''],
      [202, ''],
    ]);
    expect(issued).toEqual([1, 1, 1]);
    expect(api.mail.sent).toHaveLength(before + 1);
  });

  it.each([
    ['no address', { email: 'x' }, 'email_invalid'],
    ['a number', { email: 1 }, 'invalid_request'],
    ['nothing', {}, 'invalid_request'],
    ['two ways at once', { email: 'a@example.com', resetToken: 'x', newPassword }, 'invalid_request'],
  ] as const)('%s → %s %s', async (_, body, code) => {
    expectProblem(await post(body), code);
  });
});

describe('a reset by a mailed token', () => {
  it('→ 204, the new password logs in, the old one does not, and all sessions end', async () => {
    const person = await makePerson(api.store);
    const session = await logInAs(api, person);
    const answered = await reset(await ask(person));
    expect([answered.status, answered.text]).toEqual([204, '']);
    expect((await logIn(person.nickname, newPassword)).status).toBe(201);
    expectProblem(await logIn(person.nickname, person.password), 'bad_credentials');
    expect(await session.isLive()).toBe(false);
  });

  it('a user without a password → has one', async () => {
    const person = await makePerson(api.store, { password: null });
    expect((await reset(await ask(person))).status).toBe(204);
    expect((await logIn(person.email, newPassword)).status).toBe(201);
  });

  it.each(['suspended', 'released'] as const)('while the phone is %s → works', async (state) => {
    const person = await makePerson(api.store);
    const resetToken = await ask(person);
    const { numberKey, claimId, userId } = person;
    const since = (await api.store.claims.find(numberKey))?.claim?.stateSince ?? 0;
    if (state === 'suspended') {
      const owes = { kind: 'suspend-claim', claimId, userId, since, eventKey: 'x' } as const;
      expect(await api.store.claims.suspend({ numberKey, claimId, at: clock, since, owes })).not.toBeNull();
    } else {
      const cause = { kind: 'freeze-ended', eventKey: 'x' } as const;
      const owes = { kind: 'release-claim', claimId, userId, since, cause } as const;
      expect(
        await api.store.claims.release({ numberKey, claimId, at: clock, since, cause, owes }),
      ).not.toBeNull();
      await api.store.users.dropPhone(userId, claimId);
    }
    await api.store.users.raiseEpoch(userId, state);
    expect((await reset(resetToken)).status).toBe(204);
    expect((await logIn(person.email, newPassword)).status).toBe(201);
    expect((await reset(await ask(person))).status).toBe(204);
  });

  it('while a release ends the epoch → set in the epoch after it', async () => {
    const person = await makePerson(api.store);
    const resetToken = await ask(person);
    const { setPassword } = api.store.users;
    const raced = jest.spyOn(api.store.users, 'setPassword').mockImplementationOnce(async (set) => {
      await api.store.users.raiseEpoch(person.userId, 'released');
      return setPassword(set);
    });
    expect((await reset(resetToken)).status).toBe(204);
    expect(raced).toHaveBeenCalledTimes(2);
    raced.mockRestore();
    expect((await logIn(person.nickname, newPassword)).status).toBe(201);
    expect((await api.store.users.find(person.userId))?.epoch).toBe(2);
  });

  it.each([
    ['nothing', ''],
    ['some text', 'let me in'],
    ['43 characters that nobody made', 'A'.repeat(43)],
  ])('%s → reset_token_invalid', async (_, text) => {
    expectProblem(await reset(text), 'reset_token_invalid');
  });

  it('used → reset_token_invalid', async () => {
    const resetToken = await ask(await makePerson(api.store));
    expect((await reset(resetToken)).status).toBe(204);
    expectProblem(await reset(resetToken), 'reset_token_invalid');
  });

  it('used by the same request, whose answer was lost → 204 again, and no session ends by it', async () => {
    const person = await makePerson(api.store);
    const resetToken = await ask(person);
    const headers = { 'idempotency-key': 'reset-once' };
    expect((await reset(resetToken, headers)).status).toBe(204);
    const session = await logInAs(api, { ...person, password: newPassword });
    await api.store.idempotency.model.deleteMany({});
    expect((await reset(resetToken, headers)).status).toBe(204);
    expect(await session.isLive()).toBe(true);
  });

  it('20 times at one instant → exactly one sets the password', async () => {
    const resetToken = await ask(await makePerson(api.store));
    const answers = await Promise.all(Array.from({ length: 20 }, () => reset(resetToken)));
    expect(answers.filter(({ status }) => status === 204)).toHaveLength(1);
    expect(answers.filter(({ status }) => status === 422)).toHaveLength(19);
  });

  it('after an hour → reset_token_invalid', async () => {
    const resetToken = await ask(await makePerson(api.store));
    clock += 60 * minute;
    expectProblem(await reset(resetToken), 'reset_token_invalid');
  });

  it('asked for before the password was changed → reset_token_invalid', async () => {
    const person = await makePerson(api.store);
    const [first, second] = [await ask(person), await ask(person)];
    expect((await reset(second)).status).toBe(204);
    expectProblem(await reset(first), 'reset_token_invalid');
  });

  it('of an e-mail that is not the user’s any more → reset_token_invalid', async () => {
    const person = await makePerson(api.store);
    const resetToken = await ask(person);
    const { put } = await logInAs(api, person);
    await put('email', { email: 'moved-on@example.com' });
    await api.drained();
    const verified = await api.call('/v1/email-verifications', {
      token,
      body: { token: api.mail.tokenTo('moved-on@example.com') },
    });
    expect(verified.status).toBe(204);
    expectProblem(await reset(resetToken), 'reset_token_invalid');
  });

  it('of a user who was closed since → reset_token_invalid', async () => {
    const person = await makePerson(api.store);
    const resetToken = await ask(person);
    await api.store.users.model.updateOne({ _id: asUserId(person.userId) }, { $set: { status: 'closed' } });
    expectProblem(await reset(resetToken), 'reset_token_invalid');
  });

  it('of a verification → is none', async () => {
    const person = await makePerson(api.store);
    const { put } = await logInAs(api, person);
    await put('email', { email: 'not-a-reset@example.com' });
    await api.drained();
    expectProblem(await reset(api.mail.tokenTo('not-a-reset@example.com')), 'reset_token_invalid');
  });

  it('with a password that is refused → the token can be used again', async () => {
    const person = await makePerson(api.store);
    const resetToken = await ask(person);
    const refused = [
      ['k7#mq2v', 'password_too_short'],
      ['lantern-'.repeat(125), 'password_too_long'],
      ['P@ssw0rd1', 'password_too_common'],
      [person.phone, 'password_too_common'],
      [person.email, 'password_too_common'],
    ] as const;
    for (const [text, code] of refused) {
      expectProblem(await post({ resetToken, newPassword: text }), code);
    }
    expect((await post({ resetToken, newPassword: '春眠不觉晓 处处闻啼鸟' })).status).toBe(204);
    expect((await logIn(person.nickname, '春眠不觉晓 处处闻啼鸟')).status).toBe(201);
  });

  it('store and logs → neither the token nor the password in clear', async () => {
    const person = await makePerson(api.store);
    const resetToken = await ask(person);
    await reset(resetToken);
    const kept: string[] = [...api.lines];
    for (const model of Object.values(api.store.users.model.db.models)) {
      kept.push(JSON.stringify(await model.find().lean()));
    }
    for (const secret of [resetToken, resetToken.slice(22), newPassword, person.email]) {
      expect(kept.filter((text) => text.includes(secret))).toEqual([]);
    }
  });
});
