import { formatInstant } from '../../domain/instant.ts';
import { openApi, type TestApi } from './api.ts';
import { makePerson } from './people.ts';
import { expectProblem } from './problems.ts';

let api: TestApi;
let token: string;
const clock = Date.now();
beforeAll(async () => {
  api = await openApi({ now: () => clock });
  token = await api.token({ scope: 'sessions:write users:read', expiresIn: 10 * 24 * 3_600 });
});
afterAll(() => api.close());

let addresses = 0;
const newAddress = () => {
  addresses += 1;
  return `198.51.${Math.floor(addresses / 250)}.${(addresses % 250) + 1}`;
};

const logIn = (login: string, password: string, address = newAddress()) =>
  api.call('/v1/sessions', {
    token,
    body: { login, password },
    headers: { 'x-forwarded-for': address },
  });

const minute = 60_000;

describe('a login by password', () => {
  it.each([
    ['phone', ({ phone }) => phone],
    ['nickname', ({ nickname }) => nickname],
    [
      'nickname in full width, with spaces',
      ({ nickname }) =>
        `  ${nickname.replace(/\d/g, (digit) => '０１２３４５６７８９'.charAt(Number(digit)))} `,
    ],
    ['verified e-mail', ({ email }) => email],
    ['verified e-mail in other case', ({ email }) => email.toUpperCase()],
  ] satisfies [string, (person: Awaited<ReturnType<typeof makePerson>>) => string][])(
    'by %s → 201 with a session for 12 hours',
    async (_, loginOf) => {
      const person = await makePerson(api.store);
      const answered = await logIn(loginOf(person), person.password);
      expect(answered.status).toBe(201);
      expect(answered.body).toEqual({
        userId: person.userId,
        sessionToken: expect.stringMatching(/^[\w-]{36}\.[\w-]{43}$/),
        expiresAt: formatInstant(clock + 12 * 60 * minute),
      });
    },
  );

  it('twice → two sessions', async () => {
    const person = await makePerson(api.store);
    const tokens = [await logIn(person.phone, person.password), await logIn(person.phone, person.password)];
    expect(new Set(tokens.map(({ text }) => text)).size).toBe(2);
  });

  it('with the password composed in another way → 201', async () => {
    const person = await makePerson(api.store, { password: 'cafe\u0301 lantern glows' });
    expect((await logIn(person.phone, 'caf\u00e9 lantern glows')).status).toBe(201);
  });

  it.each([
    ['another password', (person) => [person.phone, 'not the password']],
    ['the password of another case', (person) => [person.phone, person.password.toUpperCase()]],
    ['an empty password', (person) => [person.phone, '']],
    ['a password of 1,000 characters', (person) => [person.phone, 'x'.repeat(1_000)]],
    ['a phone that nobody logs in by', (person) => ['+8613800000000', person.password]],
    ['a phone of no province', (person) => ['+8613700000000', person.password]],
    ['a nickname that nobody has', (person) => ['nobody at all', person.password]],
    ['an e-mail that nobody has', (person) => ['nobody@example.com', person.password]],
    ['a text that is no login', (person) => ['\u0000', person.password]],
    ['what looks like a phone', (person) => ['13800000000', person.password]],
  ] satisfies [string, (person: Awaited<ReturnType<typeof makePerson>>) => [string, string]][])(
    '%s → the same 401 bad_credentials',
    async (_, tried) => {
      const answered = await logIn(...tried(await makePerson(api.store)));
      expectProblem(answered, 'bad_credentials');
      expect(answered.text).toContain('"detail":"No such login with this password"');
    },
  );

  it('by an e-mail that is not verified → bad_credentials', async () => {
    const { email, password } = await makePerson(api.store, { emailVerified: false });
    expectProblem(await logIn(email, password), 'bad_credentials');
  });

  it('by an e-mail whose user has another one by now → bad_credentials', async () => {
    const { email, password, userId } = await makePerson(api.store);
    await api.store.users.model.updateOne({ _id: userId }, { $set: { emailVerified: false } });
    expectProblem(await logIn(email, password), 'bad_credentials');
  });

  it('of a user without a password → bad_credentials', async () => {
    const { phone } = await makePerson(api.store, { password: null });
    expectProblem(await logIn(phone, 'anything at all'), 'bad_credentials');
  });

  it('of a closed user → bad_credentials', async () => {
    const { phone, password, userId } = await makePerson(api.store);
    await api.store.users.model.updateOne({ _id: userId }, { $set: { status: 'closed' } });
    expectProblem(await logIn(phone, password), 'bad_credentials');
  });

  it('by a phone that was released → bad_credentials, and by nickname 201', async () => {
    const { phone, nickname, password, numberKey, claimId, userId } = await makePerson(api.store);
    const { claim } = (await api.store.claims.find(numberKey)) ?? {};
    await api.store.claims.release({
      numberKey,
      claimId,
      at: clock,
      since: claim?.stateSince ?? 0,
      cause: { kind: 'recycled', eventKey: null },
    });
    await api.store.users.dropPhone(userId, claimId);
    expectProblem(await logIn(phone, password), 'bad_credentials');
    expect((await logIn(nickname, password)).status).toBe(201);
  });

  it('by a phone whose claim is suspended → 201: the password is the user’s, whoever holds the number', async () => {
    const { phone, password, numberKey, claimId } = await makePerson(api.store);
    const { claim } = (await api.store.claims.find(numberKey)) ?? {};
    await api.store.claims.suspend({ numberKey, claimId, at: clock, since: claim?.stateSince ?? 0 });
    expect((await logIn(phone, password)).status).toBe(201);
  });

  it.each([
    ['nothing', {}, ['/login', '/password']],
    ['no password', { login: 'x' }, ['/password']],
    ['a password that is no text', { login: 'x', password: 1 }, ['/password']],
    ['something unknown beside', { login: 'x', password: 'y', remember: true }, ['/remember']],
    ['both ways at once', { login: 'x', password: 'y', code: '123456' }, ['/code']],
    ['a code without its phone', { verificationId: 'v', code: '123456' }, ['/phone']],
    ['a phone that is none', { phone: '+1', verificationId: 'v', code: '123456' }, ['/phone']],
  ])('a body with %s → 400 that names it', async (_, body, pointers) => {
    const answered = await api.call('/v1/sessions', { token, body });
    expect(answered.status).toBe(400);
    expect(answered.body).toMatchObject({ errors: pointers.map((pointer) => ({ pointer })) });
  });

  it('without the scope → scope_missing', async () => {
    const other = await api.token({ scope: 'users:read' });
    const body = { login: 'x', password: 'y' };
    expectProblem(await api.call('/v1/sessions', { token: other, body }), 'scope_missing');
  });
});

describe('what a login tells', () => {
  it('a user with neither nickname nor verified e-mail → is asked for one', async () => {
    const { phone, password } = await makePerson(api.store, { nickname: null, emailVerified: false });
    expect((await logIn(phone, password)).body).toMatchObject({ asksFor: ['nickname', 'email'] });
  });

  it('the same while the claim is suspended → is not: the phone may be somebody else’s', async () => {
    const { phone, password, numberKey, claimId } = await makePerson(api.store, {
      nickname: null,
      email: null,
    });
    const { claim } = (await api.store.claims.find(numberKey)) ?? {};
    await api.store.claims.suspend({ numberKey, claimId, at: clock, since: claim?.stateSince ?? 0 });
    expect((await logIn(phone, password)).body).not.toHaveProperty('asksFor');
  });

  it.each(['kept-for-login', 'undeliverable'] as const)(
    'a notice that is %s → told once, with the phone masked',
    async (status) => {
      const { userId, numberKey, claimId, nickname, password, phone } = await makePerson(api.store);
      const noticeId = `n:${userId}`;
      const owedSince = Date.parse('2026-11-20T00:00:00Z');
      const about = { noticeId, kind: 'claim-released', userId, numberKey, claimId, owedSince } as const;
      await api.store.notices.owe(about);
      expect((await logIn(nickname, password)).body).not.toHaveProperty('notices');
      await api.store.notices.settle({ noticeId, status, at: owedSince });

      expectProblem(await logIn(nickname, 'not the password'), 'bad_credentials');
      expect((await logIn(nickname, password)).body).toMatchObject({
        notices: [
          { kind: 'claim-released', at: '2026-11-20T00:00:00Z', phone: `+86138****${phone.slice(-4)}` },
        ],
      });
      expect((await logIn(nickname, password)).body).not.toHaveProperty('notices');
      await expect(api.store.notices.find(noticeId)).resolves.toMatchObject({ status: 'told-at-login' });
    },
  );
});

describe('a hash that is too cheap by now', () => {
  const cheap = '$argon2id$v=19$m=8,t=1,p=1$';

  it('→ made anew at a login with the right password, not with a wrong one', async () => {
    const costly = await openApi({ passwordCost: { memoryKiB: 64, passes: 2, lanes: 1 } });
    const { userId, phone, password } = await makePerson(costly.store);
    const tokenThere = await costly.token({ scope: 'sessions:write' });
    const there = (tried: string) =>
      costly.call('/v1/sessions', { token: tokenThere, body: { login: phone, password: tried } });
    const hash = async () => {
      await costly.drained();
      return (await costly.store.users.find(userId))?.passwordHash;
    };

    await there('not the password');
    expect(await hash()).toContain(cheap);
    await there(password);
    expect(await hash()).toContain('$argon2id$v=19$m=64,t=2,p=1$');
    expect((await there(password)).status).toBe(201);
    await costly.close();
  });
});
