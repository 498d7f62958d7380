import { z } from 'zod';
import type { Workflows } from '../../api/workflows.ts';
import type { UserId } from '../../domain/ids.ts';
import { closeAsWorkflow, recordingMessenger } from '../activities/leavers.ts';
import { openApi, type TestApi } from './api.ts';
import { makePerson, type Person } from './people.ts';
import { expectProblem } from './problems.ts';

let api: TestApi;
let token: string;
let clock = Date.now();

/** The workflow server: does at once what it is asked for, unless a test has it be away, busy or slow. */
let server: 'prompt' | 'away' | 'busy' | 'slow' = 'prompt';
const messenger = recordingMessenger();
const left: UserId[] = [];

beforeAll(async () => {
  api = await openApi({
    now: () => clock,
    workflows: ({ store }): Partial<Workflows> => ({
      closeUser: async ({ userId }) => {
        if (server === 'away') throw new Error('no server');
        if (server === 'busy') return 'busy';
        if (server === 'prompt') await closeAsWorkflow({ store, messenger }, userId);
        else left.push(userId);
        return 'started';
      },
      hasEnded: async (_, within) => {
        const userId = left.shift();
        if (server !== 'slow' || userId === undefined) {
          clock += within;
          return false;
        }
        await closeAsWorkflow({ store, messenger }, userId);
        return true;
      },
    }),
  });
  token = await api.token({ scope: 'sessions:write users:read users:write', expiresIn: 10 * 24 * 3_600 });
});
afterAll(() => api.close());
beforeEach(() => {
  server = 'prompt';
  left.length = 0;
});

async function loggedIn(facts: Parameters<typeof makePerson>[1] = {}) {
  const person = await makePerson(api.store, facts);
  const { text } = await logIn(person);
  const { sessionToken } = z.looseObject({ sessionToken: z.string() }).parse(JSON.parse(text));
  return { person, sessionToken };
}

const logIn = ({ nickname, password }: Person) =>
  api.call('/v1/sessions', { token, body: { login: nickname, password } });
const close = (userId: UserId, sessionToken?: string) =>
  api.call(`/v1/users/${userId}`, {
    token,
    method: 'DELETE',
    headers: sessionToken === undefined ? {} : { 'x-user-session': sessionToken },
  });
const closingOf = (userId: UserId, query = '') => api.call(`/v1/users/${userId}/closing${query}`, { token });
const shown = (userId: UserId) => api.call(`/v1/users/${userId}`, { token });

describe('DELETE /v1/users/{id}', () => {
  it('without money → 204, and the user is seen as closed, without phone and sessions', async () => {
    const { person, sessionToken } = await loggedIn();
    const answered = await close(person.userId, sessionToken);
    expect([answered.status, answered.text]).toEqual([204, '']);

    const seen = await shown(person.userId);
    expect(seen.body).toMatchObject({
      userId: person.userId,
      status: 'closed',
      nickname: person.nickname,
      phone: null,
      accounts: [{ kind: 'balance', balanceFen: 0 }],
    });
    expectProblem(await close(person.userId, sessionToken), 'session_required');
    expectProblem(await logIn(person), 'bad_credentials');
    expect((await closingOf(person.userId)).body).toEqual({
      userId: person.userId,
      status: 'closed',
      reason: null,
    });
    expect(await api.store.sessions.ofUser({ userId: person.userId, epoch: 0, now: clock })).toHaveLength(1);
  });

  it('the number of a closed user → free for others at once, its nickname not yet', async () => {
    const { person, sessionToken } = await loggedIn();
    await close(person.userId, sessionToken);
    const next = await makePerson(api.store, { phone: person.phone });
    expect((await api.store.claims.find(person.numberKey))?.claim?.userId).toBe(next.userId);
    await expect(makePerson(api.store, { nickname: person.nickname })).rejects.toThrow('nickname_in_use');
  });

  it('with money → balance_not_zero, and nothing changed', async () => {
    const { person, sessionToken } = await loggedIn({ balance: 1 });
    expectProblem(await close(person.userId, sessionToken), 'balance_not_zero');
    expect((await shown(person.userId)).body).toMatchObject({ status: 'open' });
    expectProblem(await closingOf(person.userId), 'closing_not_found');
    expect((await logIn(person)).status).toBe(201);
  });

  it('with points only → 204', async () => {
    const { person, sessionToken } = await loggedIn({ points: 7 });
    expect((await close(person.userId, sessionToken)).status).toBe(204);
    expect((await shown(person.userId)).body).toMatchObject({
      accounts: [{ kind: 'balance' }, { kind: 'points', balanceFen: 0 }],
    });
  });

  it('money that comes in just after it was looked for → balance_not_zero', async () => {
    const { person, sessionToken } = await loggedIn();
    server = 'slow';
    const { close: shut } = api.store.accounts;
    const spy = jest.spyOn(api.store.accounts, 'close').mockImplementation(async (call) => {
      const [account] = await api.store.accounts.ofUser(call.userId);
      if (account) {
        const { accountId } = account;
        await api.store.accounts.topUp({ entryId: 'late', accountId, amount: 1, source: 'b', at: clock });
      }
      return shut.call(api.store.accounts, call);
    });
    const answered = await close(person.userId, sessionToken);
    spy.mockRestore();
    expectProblem(answered, 'balance_not_zero');
    expect((await closingOf(person.userId)).body).toMatchObject({
      status: 'refused',
      reason: 'balance_not_zero',
    });
  });

  it('the workflow server away → 202 and where to ask; asked again → the same; done once it is back', async () => {
    const { person, sessionToken } = await loggedIn();
    server = 'away';
    const answered = await close(person.userId, sessionToken);
    expect(answered.status).toBe(202);
    expect(answered.headers.get('location')).toBe(`/v1/users/${person.userId}/closing`);
    expect(answered.body).toEqual({ userId: person.userId, status: 'pending', reason: null });
    expect((await close(person.userId, sessionToken)).status).toBe(202);
    expect((await closingOf(person.userId)).body).toMatchObject({ status: 'pending' });

    server = 'prompt';
    expect((await close(person.userId, sessionToken)).status).toBe(204);
  });

  it('slow, and waited for at its resource → the outcome', async () => {
    const { person, sessionToken } = await loggedIn();
    server = 'away';
    await close(person.userId, sessionToken);
    server = 'slow';
    left.push(person.userId);
    expect((await closingOf(person.userId, '?wait=20')).body).toMatchObject({ status: 'closed' });
    expectProblem(await closingOf(person.userId, '?wait=21'), 'invalid_request');
  });

  it('while its phone is being changed → change_in_progress, and it may ask again', async () => {
    const { person, sessionToken } = await loggedIn();
    server = 'busy';
    expectProblem(await close(person.userId, sessionToken), 'change_in_progress');
    server = 'prompt';
    expect((await close(person.userId, sessionToken)).status).toBe(204);
  });

  it('without a session, or with another one’s → session_required', async () => {
    const { person } = await loggedIn();
    const { sessionToken } = await loggedIn();
    expectProblem(await close(person.userId), 'session_required');
    expectProblem(await close(person.userId, sessionToken), 'session_required');
    expect((await shown(person.userId)).body).toMatchObject({ status: 'open' });
  });

  it('a login of more than 5 minutes ago → reauthentication_required', async () => {
    const { person, sessionToken } = await loggedIn();
    clock += 5 * 60_000 + 1;
    expectProblem(await close(person.userId, sessionToken), 'reauthentication_required');
  });

  it('a token that may only read → scope_missing', async () => {
    const { person, sessionToken } = await loggedIn();
    const reader = await api.token({ scope: 'users:read' });
    const headers = { 'x-user-session': sessionToken };
    const path = `/v1/users/${person.userId}`;
    expectProblem(await api.call(path, { token: reader, method: 'DELETE', headers }), 'scope_missing');
  });
});
