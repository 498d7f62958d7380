import { z } from 'zod';
import { outcomeWithin } from '../../api/outcome.ts';
import type { Workflows } from '../../api/workflows.ts';
import { asUserId } from '../../domain/ids.ts';
import { recordingMessenger } from '../activities/leavers.ts';
import { changeAsWorkflow } from '../activities/phone-changers.ts';
import { testHasher } from '../store/open-store.ts';
import { openApi, type TestApi } from './api.ts';
import { phoneOf } from './histories.ts';
import { makePerson, type Person } from './people.ts';
import { expectProblem } from './problems.ts';
import { freshPhone } from './registering.ts';
import { testRegistry } from './registry.ts';

let api: TestApi;
let token: string;
let clock = Date.now();

/** The workflow server: does at once what it is asked for, unless a test has it be away, or busy with something else. */
let server: 'prompt' | 'away' | 'busy' = 'prompt';
/** Until when it does nothing of what it took. */
let held: Promise<unknown> = Promise.resolve();

beforeAll(async () => {
  const messenger = recordingMessenger();
  const registry = testRegistry();
  const running = new Map<string, string>();
  api = await openApi({
    now: () => clock,
    workflows: ({ store }): Partial<Workflows> => ({
      wakeNumber: async () => undefined,
      changePhone: async ({ changeId, userId }) => {
        if (server === 'away') throw new Error('no server');
        const other = running.get(userId);
        if (server === 'busy' || other) return other === changeId ? 'started' : 'busy';
        running.set(userId, changeId);
        await held;
        const tools = { store, registry, messenger, carriers: api.scripted, now: () => clock };
        await changeAsWorkflow(tools, changeId);
        running.delete(userId);
        return 'started';
      },
    }),
  });
  token = await api.token({ scope: 'sessions:write users:read users:write', expiresIn: 10 * 24 * 3_600 });
});
afterAll(() => api.close());
beforeEach(() => {
  // Tokens know no other time than ours.
  clock = Date.now();
  server = 'prompt';
  api.scripted.reset();
});

async function loggedIn(facts: Parameters<typeof makePerson>[1] = {}) {
  const person = await makePerson(api.store, facts);
  const { text } = await logIn(person.nickname, person);
  const { sessionToken } = z.looseObject({ sessionToken: z.string() }).parse(JSON.parse(text));
  return { person, sessionToken };
}

const logIn = (login: string, { password }: Pick<Person, 'password'>) =>
  api.call('/v1/sessions', { token, body: { login, password } });
const change = (userId: string, body: unknown, sessionToken?: string) =>
  api.call(`/v1/users/${userId}/phone`, {
    token,
    method: 'PUT',
    body,
    headers: sessionToken === undefined ? {} : { 'x-user-session': sessionToken },
  });
const codeOn = async (phone: string) => ({ phone, ...(await api.codeFor(phone, 'change-phone')) });
const shown = async (userId: string) => (await api.call(`/v1/users/${userId}`, { token })).body;
const readChange = z.looseObject({ changeId: z.string(), status: z.string() });
const masked = (phone: string) => `${phone.slice(0, 6)}****${phone.slice(-4)}`;
const minute = 60_000;

describe('PUT /v1/users/{id}/phone', () => {
  it('to a free number → 200, all sessions end, the new phone logs in and the old one is free', async () => {
    const { person, sessionToken } = await loggedIn();
    const body = await codeOn(freshPhone());
    const answered = await change(person.userId, body, sessionToken);
    const { changeId } = readChange.parse(answered.body);
    expect(answered.status).toBe(200);
    expect(answered.body).toEqual({
      changeId,
      userId: person.userId,
      status: 'changed',
      formerHolderReleased: false,
    });
    expect(answered.headers.get('location')).toBe(`/v1/users/${person.userId}/phone-changes/${changeId}`);
    expect(await shown(person.userId)).toMatchObject({ phone: masked(body.phone) });
    expectProblem(await change(person.userId, body, sessionToken), 'session_required');
    expect((await logIn(body.phone, person)).status).toBe(201);
    expectProblem(await logIn(person.phone, person), 'bad_credentials');
    await expect(makePerson(api.store, { phone: person.phone })).resolves.toBeDefined();

    const asked = await api.call(`/v1/users/${person.userId}/phone-changes/${changeId}?wait=1`, { token });
    expect([asked.status, asked.body]).toEqual([200, answered.body]);
    await api.drained();
    expect(api.carrierLookups()).toContain('queryLine');
  });

  it('to a recycled number → 200, its former user keeps all but the phone', async () => {
    const { person, sessionToken } = await loggedIn();
    const former = await makePerson(api.store, { balance: 500 });
    api.carrierSays({ line: { joined: { precision: 'second', at: clock - minute } } });
    const answered = await change(person.userId, await codeOn(former.phone), sessionToken);
    expect([answered.status, answered.body]).toMatchObject([200, { formerHolderReleased: true }]);
    expect(await shown(former.userId)).toMatchObject({
      status: 'open',
      phone: null,
      accounts: [{ balanceFen: 500 }],
    });
  });

  it('to the own number → 200, nothing changed, and the session goes on', async () => {
    const { person, sessionToken } = await loggedIn();
    const answered = await change(person.userId, await codeOn(person.phone), sessionToken);
    expect([answered.status, answered.body]).toMatchObject([200, { status: 'changed' }]);
    expect((await api.store.claims.find(person.numberKey))?.claim?.claimId).toBe(person.claimId);
    expect(api.carrierLookups()).toEqual([]);
    expect((await api.store.users.find(person.userId))?.epoch).toBe(0);
  });

  it.each([
    ['phone_in_use', { line: { joined: { precision: 'second', at: Date.parse('2020-05-01T00:00:00Z') } } }],
    ['number_undecided', { line: 'not-found' }],
    ['number_undecided', { line: 'answer-malformed' }],
    ['number_undecided', { line: 'answer-contradictory' }],
    ['number_frozen', { line: { status: 'frozen', joined: null } }],
  ] as const)('a number whose verdict says %s (%j) → that, and nothing changed', async (code, says) => {
    const { person, sessionToken } = await loggedIn();
    const holder = await makePerson(api.store);
    api.carrierSays(says);
    expectProblem(await change(person.userId, await codeOn(holder.phone), sessionToken), code);
    expect(await shown(person.userId)).toMatchObject({ phone: masked(person.phone) });
    expect(await shown(holder.userId)).toMatchObject({ phone: masked(holder.phone) });
    expect((await logIn(person.phone, person)).status).toBe(201);
  });

  it('a carrier that is away → 202, and the outcome at its resource', async () => {
    const { person, sessionToken } = await loggedIn();
    const holder = await makePerson(api.store);
    api.carrierSays({ all: 'connection-failed' });
    const body = await codeOn(holder.phone);
    const receivedAt = clock;
    const answering = change(person.userId, body, sessionToken);
    const waiting = setInterval(() => {
      clock += 500;
    }, 20);
    const answered = await answering;
    clearInterval(waiting);
    expect(clock - receivedAt).toBeGreaterThanOrEqual(outcomeWithin);
    const { changeId } = readChange.parse(answered.body);
    expect([answered.status, answered.body]).toEqual([
      202,
      { changeId, userId: person.userId, status: 'pending' },
    ]);
    const path = `/v1/users/${person.userId}/phone-changes/${changeId}`;
    expect(answered.headers.get('location')).toBe(path);
    expect((await api.call(path, { token })).body).toMatchObject({ status: 'pending' });

    // The same call again goes on with it, under the code that is used by now.
    api.carrierSays({ line: { joined: { precision: 'second', at: clock - minute } } });
    expect((await change(person.userId, body, sessionToken)).status).toBe(200);
    expect((await api.call(path, { token })).body).toMatchObject({ status: 'changed' });
  });

  it('the workflow server away → 202; done by the same call once it is back', async () => {
    const { person, sessionToken } = await loggedIn();
    const body = await codeOn(freshPhone());
    server = 'away';
    const waiting = setInterval(() => {
      clock += 500;
    }, 20);
    expect((await change(person.userId, body, sessionToken)).status).toBe(202);
    clearInterval(waiting);
    server = 'prompt';
    expect((await change(person.userId, body, sessionToken)).status).toBe(200);
  });

  it('refused later → its resource says why', async () => {
    const { person, sessionToken } = await loggedIn();
    const holder = await makePerson(api.store);
    const answered = await change(person.userId, await codeOn(holder.phone), sessionToken);
    expectProblem(answered, 'number_undecided');
    const [request] = await api.store.phoneRequests.model.find({ userId: person.userId }).lean();
    const path = `/v1/users/${person.userId}/phone-changes/${request?._id}`;
    expect((await api.call(path, { token })).body).toEqual({
      changeId: request?._id,
      userId: person.userId,
      status: 'refused',
      reason: 'number_undecided',
    });
  });

  it('while another one runs → change_in_progress; the same code does afterwards', async () => {
    const { person, sessionToken } = await loggedIn();
    const body = await codeOn(freshPhone());
    server = 'busy';
    expectProblem(await change(person.userId, body, sessionToken), 'change_in_progress');
    server = 'prompt';
    expect((await change(person.userId, body, sessionToken)).status).toBe(200);
  });

  it('a code wrong, of another phone, of another purpose, or used by another → code_invalid, nothing changed', async () => {
    const { person, sessionToken } = await loggedIn();
    const own = await codeOn(freshPhone());
    const wrong = own.code === '000000' ? '000001' : '000000';
    const registers = { phone: own.phone, ...(await api.codeFor(own.phone, 'register')) };
    for (const body of [{ ...own, code: wrong }, { ...own, phone: freshPhone() }, registers]) {
      expectProblem(await change(person.userId, body, sessionToken), 'code_invalid');
    }
    const other = await loggedIn();
    expect((await change(other.person.userId, own, other.sessionToken)).status).toBe(200);
    expectProblem(await change(person.userId, own, sessionToken), 'code_invalid');
    expect(await shown(person.userId)).toMatchObject({ phone: masked(person.phone) });
  });

  it('a late code → code_invalid', async () => {
    const { person } = await loggedIn();
    const body = await codeOn(freshPhone());
    clock += 5 * minute + 1;
    const { text } = await logIn(person.nickname, person);
    const { sessionToken } = z.looseObject({ sessionToken: z.string() }).parse(JSON.parse(text));
    expectProblem(await change(person.userId, body, sessionToken), 'code_invalid');
  });

  it('a wrong code → the number leaves no trace', async () => {
    const { person, sessionToken } = await loggedIn();
    const phone = freshPhone();
    const body = { phone, verificationId: crypto.randomUUID(), code: '123456' };
    expectProblem(await change(person.userId, body, sessionToken), 'code_invalid');
    expect(await api.store.numbers.find(testHasher.numberKeyOf(phoneOf(phone)))).toBeNull();
  });

  it('without a session, with another one’s, or an old one → refused', async () => {
    const { person, sessionToken } = await loggedIn();
    const body = await codeOn(freshPhone());
    expectProblem(await change(person.userId, body), 'session_required');
    const other = await loggedIn();
    expectProblem(await change(person.userId, body, other.sessionToken), 'session_required');
    clock += 5 * minute + 1;
    expectProblem(await change(person.userId, body, sessionToken), 'reauthentication_required');
  });

  it('a number that is none, or that nobody here serves → phone_invalid, number_not_served', async () => {
    const { person, sessionToken } = await loggedIn();
    const rest = { verificationId: crypto.randomUUID(), code: '123456' };
    expectProblem(await change(person.userId, { phone: '+861', ...rest }, sessionToken), 'phone_invalid');
    expectProblem(
      await change(person.userId, { phone: '+8613700137000', ...rest }, sessionToken),
      'number_not_served',
    );
    expectProblem(await change(person.userId, { ...rest }, sessionToken), 'invalid_request');
  });

  it('the same call twice, the second one while the first runs → both 200, changed once', async () => {
    const { person, sessionToken } = await loggedIn();
    const body = await codeOn(freshPhone());
    const gate = Promise.withResolvers<void>();
    held = gate.promise;
    const both = [change(person.userId, body, sessionToken), change(person.userId, body, sessionToken)];
    const requests = api.store.phoneRequests;
    // Both have written, or found, the request, and one of them was told that something runs.
    const busy = jest.spyOn(requests, 'find');
    while (busy.mock.calls.length < 3) await api.store.ping();
    busy.mockRestore();
    gate.resolve();
    expect((await Promise.all(both)).map(({ status }) => status)).toEqual([200, 200]);
    expect(await shown(person.userId)).toMatchObject({ phone: masked(body.phone) });
  });

  it('50 at one instant with one code → changed once', async () => {
    const { person, sessionToken } = await loggedIn();
    const body = await codeOn(freshPhone());
    const answers = await Promise.all(
      Array.from({ length: 50 }, () => change(person.userId, body, sessionToken)),
    );
    const codes = new Set(answers.map(({ status }) => status));
    expect([...codes].filter((status) => ![200, 401].includes(status))).toEqual([]);
    expect(codes.has(200)).toBe(true);
    const live = await api.store.claims.model.find({ 'claim.userId': person.userId }).lean();
    expect(live).toHaveLength(1);
    expect(await shown(person.userId)).toMatchObject({ phone: masked(body.phone) });
  });

  it('two users, one number, at one instant → one of them has it', async () => {
    const [first, second] = [await loggedIn(), await loggedIn()];
    const phone = freshPhone();
    const codes = [await codeOn(phone), await codeOn(phone)];
    const answers = await Promise.all([
      change(first.person.userId, codes[0], first.sessionToken),
      change(second.person.userId, codes[1], second.sessionToken),
    ]);
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 409]);
    const phones = await Promise.all([shown(first.person.userId), shown(second.person.userId)]);
    expect(phones.filter((user) => JSON.stringify(user).includes(masked(phone)))).toHaveLength(1);
    for (const { person } of [first, second]) {
      const live = await api.store.claims.model.find({ 'claim.userId': asUserId(person.userId) }).lean();
      expect(live).toHaveLength(1);
    }
  });
});

describe('GET /v1/users/{id}/phone-changes/{changeId}', () => {
  it('one that nobody knows, or another user’s → phone_change_not_found', async () => {
    const { person, sessionToken } = await loggedIn();
    const { body } = await change(person.userId, await codeOn(freshPhone()), sessionToken);
    const { changeId } = readChange.parse(body);
    for (const path of [`${person.userId}/phone-changes/nothing`, `somebody/phone-changes/${changeId}`]) {
      expectProblem(await api.call(`/v1/users/${path}`, { token }), 'phone_change_not_found');
    }
  });
});
