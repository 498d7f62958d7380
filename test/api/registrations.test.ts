import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { request } from 'node:http';
import { setTimeout } from 'node:timers/promises';
import { asVerificationId } from '../../domain/ids.ts';
import { parsePhoneNumber } from '../../domain/phone-number.ts';
import { registeredUserId, registrationIdOf } from '../../store/registration.ts';
import { testHasher } from '../store/open-store.ts';
import { tripsOf } from '../store/round-trips.ts';
import { openApi, type TestApi } from './api.ts';
import { expectProblem, faultsOf } from './problems.ts';
import { freshPhone, issueCode, password, readRegistration } from './registering.ts';

let api: TestApi;
let token: string;
beforeAll(async () => {
  api = await openApi();
  token = await api.token({ scope: 'registrations:write users:read sessions:write', expiresIn: 24 * 3_600 });
});
afterAll(() => api.close());
beforeEach(() => api.scripted.reset());

const register = (body: object, headers: Record<string, string> = {}) =>
  api.call('/v1/registrations', { token, body: { password, ...body }, headers });
const keyOf = (phone: string) => {
  const parsed = parsePhoneNumber(phone);
  if (!parsed.ok) throw new Error(parsed.detail);
  return testHasher.numberKeyOf(parsed.value);
};

/** A registration of a fresh number with its right code. */
async function wanted(more: object = {}) {
  const phone = freshPhone();
  return { phone, ...(await issueCode(api.store, phone)), ...more };
}

/** An ID number of whoever was born on a day, with its right checksum. */
function idNumberOf(birthday: string): string {
  const digits = `110105${birthday}002`;
  const weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
  const sum = weights.reduce((total, weight, index) => total + weight * Number(digits[index]), 0);
  return `${digits}${'10X98765432'[sum % 11]}`;
}

describe('registering a free number', () => {
  it('→ 201, and the user logs in with the password', async () => {
    const body = await wanted();
    const answered = await register(body);
    expect(answered.status).toBe(201);
    const { registrationId, userId } = readRegistration(answered);
    expect(answered.body).toEqual({
      registrationId,
      status: 'registered',
      userId,
      formerHolderReleased: false,
    });
    expect(answered.headers.get('location')).toBe(`/v1/registrations/${registrationId}`);
    const session = await api.call('/v1/sessions', { token, body: { login: body.phone, password } });
    expect(session.status).toBe(201);
    expect(session.body).toMatchObject({ userId });
    expect((await api.call(`/v1/users/${userId}`, { token })).body).toMatchObject({
      status: 'open',
      nickname: null,
      realName: 'none',
      accounts: [{ kind: 'balance', balanceFen: 0 }],
    });
  });

  it('asked for afterwards, also with ?wait → registered', async () => {
    const { registrationId, userId } = readRegistration(await register(await wanted()));
    for (const query of ['', '?wait=20']) {
      const answered = await api.call(`/v1/registrations/${registrationId}${query}`, { token });
      expect(answered.status).toBe(200);
      expect(answered.body).toEqual({
        registrationId,
        status: 'registered',
        userId,
        formerHolderReleased: false,
      });
    }
  });

  it('whose carrier answers while the password is hashed → the claim remembers the tenancy from its beginning', async () => {
    api.carrierSays({ line: {} });
    const body = await wanted();
    expect((await register(body)).status).toBe(201);
    const doc = await api.store.claims.find(keyOf(body.phone));
    expect(doc?.version).toBe(1);
    expect(doc?.claim?.tenancy).toEqual({
      joined: { precision: 'second', at: Date.parse('2020-01-01T12:00:00+08:00') },
      source: expect.stringContaining('sichuan/'),
    });
  });

  it('whose carrier never answers → registered all the same, and nothing is remembered', async () => {
    api.carrierSays({ all: 'silent' });
    const body = await wanted();
    expect((await register(body)).status).toBe(201);
    expect((await api.store.claims.find(keyOf(body.phone)))?.claim?.tenancy).toBeNull();
  });

  it('→ the trips to the store that docs/benchmarks.md tells, eight', async () => {
    const [, section = ''] =
      /## Trips to the store of a registration(.*)/s.exec(readFileSync('docs/benchmarks.md', 'utf8')) ?? [];
    const told = [...section.matchAll(/^\|.*\| `(\w+\.\w+)` \|/gm)].map(([, call]) => call);
    const body = await wanted();
    const { result, calls } = await tripsOf(() => register(body));
    expect(result.status).toBe(201);
    expect(calls.toSorted()).toEqual(told.toSorted());
    expect(calls).toHaveLength(8);
  });

  it('with nickname, e-mail and identity → all are the user’s, the e-mail unverified and the identity declared', async () => {
    const body = await wanted({
      nickname: '李雷的号',
      email: 'LiLei@Example.com',
      identity: { name: '李雷', idNumber: '11010519491231002x' },
    });
    const { userId } = readRegistration(await register(body));
    await api.drained();
    expect((await api.call(`/v1/users/${userId}`, { token })).body).toMatchObject({
      nickname: '李雷的号',
      email: expect.stringContaining('***'),
      realName: 'declared',
    });
    expectProblem(
      await api.call('/v1/sessions', { token, body: { login: 'lilei@example.com', password } }),
      'bad_credentials',
    );
  });

  it('with an identity that the carrier confirms → verified beside the answer', async () => {
    api.carrierSays({ line: {}, match: 'match' });
    const body = await wanted({ identity: { name: '李雷', idNumber: '11010519491231002X' } });
    const { userId } = readRegistration(await register(body));
    await api.drained();
    expect((await api.call(`/v1/users/${userId}`, { token })).body).toMatchObject({ realName: 'verified' });
  });

  it('whose carrier never answers → 201 all the same', async () => {
    api.carrierSays({ all: 'silent' });
    expect((await register(await wanted())).status).toBe(201);
    api.scripted.close();
  });

  it('unverified e-mail of two users → both have it', async () => {
    const email = 'shared@example.com';
    expect((await register(await wanted({ email }))).status).toBe(201);
    expect((await register(await wanted({ email }))).status).toBe(201);
  });
});

describe('a code that proves nothing', () => {
  it.each([
    ['a wrong one', async () => ({ ...(await wanted()), code: '000000' })],
    ['an unknown verification', async () => ({ ...(await wanted()), verificationId: randomUUID() })],
    ['one of another number', async () => ({ ...(await wanted()), phone: freshPhone() })],
    [
      'one of another purpose',
      async () => {
        const phone = freshPhone();
        return { phone, ...(await api.codeFor(phone, 'login')) };
      },
    ],
    [
      'a late one',
      async () => {
        const phone = freshPhone();
        return { phone, ...(await issueCode(api.store, phone, { issuedAt: Date.now() - 300_001 })) };
      },
    ],
  ])('%s → 422 code_invalid, and nothing is written', async (_, body) => {
    const asked = await body();
    expectProblem(await register(asked), 'code_invalid');
    expect(await api.store.numbers.find(keyOf(asked.phone))).toBeNull();
    expect(
      await api.store.users.find(registeredUserId(registrationIdOf(asVerificationId(asked.verificationId)))),
    ).toBeNull();
  });

  it('guessed wrong five times → 422 code_invalid for the right one too', async () => {
    const body = await wanted();
    for (let guesses = 0; guesses < 5; guesses += 1) {
      expectProblem(await register({ ...body, code: String(100_000 + guesses) }), 'code_invalid');
    }
    expectProblem(await register(body), 'code_invalid');
    expect(await api.store.numbers.find(keyOf(body.phone))).toBeNull();
  });

  it('used before → 422 code_invalid, and the first user stays', async () => {
    const body = await wanted();
    const { userId } = readRegistration(await register(body));
    expectProblem(await register(body), 'code_invalid');
    expect((await api.store.claims.find(keyOf(body.phone)))?.claim).toMatchObject({ userId });
  });
});

describe('before the code is proven', () => {
  it('a free and an occupied number, with a wrong code → the same answer after the same work', async () => {
    const occupied = await wanted();
    await register(occupied);
    const answers = [];
    for (const phone of [freshPhone(), occupied.phone]) {
      const { verificationId } = await issueCode(api.store, phone);
      api.carrierLookups();
      const trips = await tripsOf(() =>
        register({ phone, verificationId, code: '000000', nickname: '某某' }),
      );
      answers.push({
        status: trips.result.status,
        body: trips.result.body,
        trips: trips.calls,
        lookups: api.carrierLookups(),
      });
    }
    expect(answers[0]).toEqual(answers[1]);
    expect(answers[0]).toMatchObject({ status: 422, lookups: [] });
  });
});

describe('what a registration is refused for', () => {
  it.each([
    ['number_not_served', { phone: '+8613700000001' }],
    ['phone_invalid', { phone: '13800138000' }],
    ['password_too_short', { password: '7 chars' }],
    ['password_too_long', { password: '长'.repeat(1_000) }],
    ['password_too_common', { password: 'password1234' }],
    ['nickname_invalid', { nickname: '长'.repeat(33) }],
    ['nickname_invalid', { nickname: 'bell\u0007' }],
    ['nickname_invalid', { nickname: 'zero\u200bwidth' }],
    ['email_invalid', { email: 'nobody' }],
    ['name_invalid', { identity: { name: '7', idNumber: '11010519491231002X' } }],
    ['id_number_invalid', { identity: { name: '李雷', idNumber: '110105194912310021' } }],
    ['id_number_invalid', { identity: { name: '李雷', idNumber: '11010519490231002X' } }],
    ['id_number_invalid', { identity: { name: '李雷', idNumber: '110105491231002' } }],
    ['id_number_invalid', { identity: { name: '李雷', idNumber: idNumberOf('20991231') } }],
    ['email_invalid', { email: `${'a'.repeat(250)}@example.com` }],
    ['invalid_request', { identity: { name: '李雷' } }],
    ['invalid_request', { admin: true }],
  ] as const)('%s → its code, and the code of the phone is not used up', async (code, more) => {
    const body = await wanted();
    expectProblem(await register({ ...body, ...more }), code);
    expect((await register(body)).status).toBe(201);
  });

  it('a child under 14 → 422 under_age', async () => {
    const idNumber = idNumberOf(`${new Date().getFullYear() - 13}0101`);
    const answered = await register(await wanted({ identity: { name: '李小雷', idNumber } }));
    expectProblem(answered, 'under_age');
    expect(faultsOf(answered)).toEqual([expect.objectContaining({ pointer: '/identity/idNumber' })]);
    expect(answered.text).not.toContain(idNumber);
  });

  it('passwords with spaces and Chinese → taken', async () => {
    expect((await register(await wanted({ password: '四盏 安静的 灯笼 亮着' }))).status).toBe(201);
  });

  it('a password that is little more than the phone → 422 password_too_common', async () => {
    const body = await wanted();
    const answered = await register({ ...body, password: body.phone });
    expectProblem(answered, 'password_too_common');
    expect(faultsOf(answered)).toMatchObject([{ pointer: '/password' }]);
  });

  it.each([
    ['the same', 'Wang Li', 'Wang Li'],
    ['in other case, width and spacing', 'Han Mei', 'ｈａｎｍｅｉ'],
    ['of letters that look the same', 'caroline', 'саrоlinе'],
  ])(
    'a nickname in use, %s → 409 nickname_in_use, and the code is good for another one',
    async (_, taken, mine) => {
      await register(await wanted({ nickname: taken }));
      const body = await wanted();
      expectProblem(await register({ ...body, nickname: mine }), 'nickname_in_use');
      expect((await register({ ...body, nickname: `${taken} two` })).status).toBe(201);
    },
  );

  it('one nickname wanted by many at one instant → one has it, nothing is left of the others', async () => {
    const nickname = 'everybody’s';
    const bodies = await Promise.all(Array.from({ length: 10 }, () => wanted({ nickname })));
    const answers = await Promise.all(bodies.map((body) => register(body)));
    expect(answers.map(({ status }) => status).sort()).toEqual([201, ...Array(9).fill(409)]);
    for (const [index, answered] of answers.entries()) {
      if (answered.status === 201) continue;
      expectProblem(answered, 'nickname_in_use');
      const { phone, verificationId } = bodies[index] ?? { phone: '', verificationId: '' };
      expect((await api.store.claims.find(keyOf(phone)))?.claim ?? null).toBeNull();
      const user = await api.store.users.find(
        registeredUserId(registrationIdOf(asVerificationId(verificationId))),
      );
      expect(user?.status ?? 'abandoned').toBe('abandoned');
    }
  });

  it('a registration that there isn’t → 404, and waiting for more than 20 s → 400', async () => {
    expectProblem(await api.call(`/v1/registrations/${randomUUID()}`, { token }), 'registration_not_found');
    expectProblem(await api.call(`/v1/registrations/${randomUUID()}?wait=21`, { token }), 'invalid_request');
  });

  it('without the scope → 403 scope_missing', async () => {
    const other = await api.token({ scope: 'users:read' });
    expectProblem(
      await api.call('/v1/registrations', { token: other, body: await wanted() }),
      'scope_missing',
    );
  });
});

describe('registrations of one number at one instant', () => {
  it.each([2, 50])('I1: %i of them, each with its own code → exactly one wins', async (many) => {
    const phone = freshPhone();
    const codes = await Promise.all(Array.from({ length: many }, () => issueCode(api.store, phone)));
    const answers = await Promise.all(codes.map((code) => register({ phone, ...code })));
    const won = answers.filter(({ status }) => status === 201);
    expect(won).toHaveLength(1);
    for (const answered of answers) if (answered.status !== 201) expectProblem(answered, 'phone_in_use');
    const [winner] = won;
    const userId = winner && readRegistration(winner).userId;
    expect((await api.store.claims.find(keyOf(phone)))?.claim).toMatchObject({ userId });
    const users = await Promise.all(
      codes.map(({ verificationId }) =>
        api.store.users.find(registeredUserId(registrationIdOf(asVerificationId(verificationId)))),
      ),
    );
    expect(users.filter((user) => user?.status === 'open').map((user) => user?.userId)).toEqual([userId]);
    expect(users.filter((user) => user?.status === 'pending')).toEqual([]);
  });

  it('all with one code → exactly one wins, the others are told code_invalid', async () => {
    const body = await wanted();
    const answers = await Promise.all(Array.from({ length: 10 }, () => register(body)));
    expect(answers.map(({ status }) => status).sort()).toEqual([201, ...Array(9).fill(422)]);
  });
});

describe('while the workflow server is away', () => {
  it('an occupied number → 202, pending until it is back; a free one → 201', async () => {
    const phone = freshPhone();
    const first = await issueCode(api.store, phone);
    await register({ phone, ...first });
    const later = await issueCode(api.store, phone, { issuedAt: Date.now() + 1 });
    const answered = await register({ phone, ...later });
    expect(answered.status).toBe(202);
    const { registrationId } = readRegistration(answered);
    expect(answered.body).toEqual({ registrationId, status: 'pending' });
    const state = await api.call(`/v1/registrations/${registrationId}?wait=1`, { token });
    expect(state.body).toEqual({ registrationId, status: 'pending' });
    expect((await register(await wanted())).status).toBe(201);
  });
});

describe('a registration under an Idempotency-Key', () => {
  it('repeated → the same answer, and one user', async () => {
    const body = await wanted();
    const headers = { 'idempotency-key': randomUUID() };
    const first = await register(body, headers);
    const second = await register(body, headers);
    expect(second.status).toBe(201);
    expect(second.text).toBe(first.text);
    expect(second.headers.get('location')).toBe(first.headers.get('location'));
  });

  it('repeated while the first runs → 409 request_in_progress', async () => {
    const body = await wanted();
    const headers = { 'idempotency-key': randomUUID() };
    const answers = await Promise.all([register(body, headers), register(body, headers)]);
    const [one, other] = answers.sort((a, b) => a.status - b.status);
    expect(one?.status).toBe(201);
    if (other) expectProblem(other, 'request_in_progress');
  });

  it('with another body → 422 idempotency_key_reused', async () => {
    const headers = { 'idempotency-key': randomUUID() };
    await register(await wanted(), headers);
    expectProblem(await register(await wanted(), headers), 'idempotency_key_reused');
  });
});

describe('a caller that leaves', () => {
  it('before the answer → the registration is finished', async () => {
    const body = await wanted();
    const url = new URL('/v1/registrations', api.url);
    const text = JSON.stringify({ password, ...body });
    const leaving = request(url, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${token}`,
        'content-type': 'application/json',
        'content-length': Buffer.byteLength(text),
      },
    });
    leaving.on('error', () => undefined);
    leaving.end(text);
    while ((await api.store.numbers.find(keyOf(body.phone))) === null) await setTimeout(1);
    leaving.destroy();
    const registrationId = registrationIdOf(asVerificationId(body.verificationId));
    const user = async () => api.store.users.find(registeredUserId(registrationId));
    while ((await user())?.status !== 'open') await setTimeout(5);
    expect((await api.store.claims.find(keyOf(body.phone)))?.claim).toMatchObject({
      userId: registeredUserId(registrationId),
    });
  });
});
