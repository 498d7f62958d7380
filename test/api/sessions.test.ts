import { z } from 'zod';
import { asSessionId, type UserId } from '../../domain/ids.ts';
import { formatInstant } from '../../domain/instant.ts';
import { openApi, type TestApi } from './api.ts';
import { makePerson, type Person } from './people.ts';
import { expectProblem } from './problems.ts';

let api: TestApi;
let token: string;
let clock = Date.now();
beforeAll(async () => {
  api = await openApi({ now: () => clock });
  token = await api.token({
    scope: 'sessions:write users:read users:write',
    expiresIn: 10 * 24 * 3_600,
  });
});
afterAll(() => api.close());

const minute = 60_000;

/** Logs a person in, and gives the session. */
async function session({ phone, password }: Person): Promise<{ sessionToken: string; sessionId: string }> {
  const { text } = await api.call('/v1/sessions', { token, body: { login: phone, password } });
  const { sessionToken } = z.looseObject({ sessionToken: z.string() }).parse(JSON.parse(text));
  return { sessionToken, sessionId: sessionToken.split('.')[0] ?? '' };
}

const sessionsOf = (userId: UserId, sessionToken?: string) =>
  api.call(`/v1/users/${userId}/sessions`, {
    token,
    headers: sessionToken === undefined ? {} : { 'x-user-session': sessionToken },
  });
const endSession = (userId: UserId, sessionId: string, sessionToken: string) =>
  api.call(`/v1/users/${userId}/sessions/${sessionId}`, {
    token,
    method: 'DELETE',
    headers: { 'x-user-session': sessionToken },
  });

describe('the sessions of a user', () => {
  it('two logins → both, the newest first, the one that asks marked', async () => {
    const person = await makePerson(api.store);
    const first = await session(person);
    clock += minute;
    const second = await session(person);
    const answered = await sessionsOf(person.userId, first.sessionToken);
    expect(answered.status).toBe(200);
    expect(answered.body).toEqual({
      items: [
        {
          sessionId: second.sessionId,
          method: 'password',
          createdAt: formatInstant(clock),
          expiresAt: formatInstant(clock + 12 * 60 * minute),
          isCurrent: false,
        },
        {
          sessionId: first.sessionId,
          method: 'password',
          createdAt: formatInstant(clock - minute),
          expiresAt: formatInstant(clock + (12 * 60 - 1) * minute),
          isCurrent: true,
        },
      ],
    });
    expect(answered.text).not.toContain(first.sessionToken.split('.')[1]);
  });

  it('the token → nowhere in the store', async () => {
    const { sessionToken } = await session(await makePerson(api.store));
    const secret = sessionToken.split('.')[1] ?? '';
    expect(JSON.stringify(await api.store.sessions.model.find().lean())).not.toContain(secret);
  });

  it('one ended by another → 204, and it opens nothing any more', async () => {
    const person = await makePerson(api.store);
    const [lost, own] = [await session(person), await session(person)];
    const answered = await endSession(person.userId, lost.sessionId, own.sessionToken);
    expect(answered.status).toBe(204);
    expect(answered.text).toBe('');
    expectProblem(await sessionsOf(person.userId, lost.sessionToken), 'session_required');
    expect((await sessionsOf(person.userId, own.sessionToken)).status).toBe(200);
  });

  it('its own → 204: logged out', async () => {
    const person = await makePerson(api.store);
    const own = await session(person);
    expect((await endSession(person.userId, own.sessionId, own.sessionToken)).status).toBe(204);
    expectProblem(await sessionsOf(person.userId, own.sessionToken), 'session_required');
  });

  it('one that is not there, or another user’s → session_not_found, and that one goes on', async () => {
    const [person, other] = [await makePerson(api.store), await makePerson(api.store)];
    const [own, others] = [await session(person), await session(other)];
    for (const sessionId of ['nothing', others.sessionId]) {
      expectProblem(await endSession(person.userId, sessionId, own.sessionToken), 'session_not_found');
    }
    expect((await sessionsOf(other.userId, others.sessionToken)).status).toBe(200);
  });
});

describe('X-User-Session', () => {
  it.each([
    ['missing', () => undefined],
    ['empty', () => ''],
    ['no token at all', () => 'let me in'],
    ['of another secret', (own: string) => `${own.slice(0, -1)}${own.endsWith('A') ? 'B' : 'A'}`],
    ['of a session that never was', (own: string) => `none.${own.split('.')[1]}`],
  ])('%s → session_required', async (_, sent) => {
    const person = await makePerson(api.store);
    const { sessionToken } = await session(person);
    expectProblem(await sessionsOf(person.userId, sent(sessionToken)), 'session_required');
  });

  it('of another user → session_required, the same as for a user that is not there', async () => {
    const [person, other] = [await makePerson(api.store), await makePerson(api.store)];
    const { sessionToken } = await session(person);
    expectProblem(await sessionsOf(other.userId, sessionToken), 'session_required');
    expectProblem(await sessionsOf('nobody' as UserId, sessionToken), 'session_required');
  });

  it('12 hours after the login → session_required, a minute before not', async () => {
    const person = await makePerson(api.store);
    const { sessionToken } = await session(person);
    clock += 12 * 60 * minute - minute;
    expect((await sessionsOf(person.userId, sessionToken)).status).toBe(200);
    clock += minute;
    expectProblem(await sessionsOf(person.userId, sessionToken), 'session_required');
  });

  it('of a user that was closed → session_required', async () => {
    const person = await makePerson(api.store);
    const { sessionToken } = await session(person);
    await api.store.users.model.updateOne({ _id: person.userId }, { $set: { status: 'closed' } });
    expectProblem(await sessionsOf(person.userId, sessionToken), 'session_required');
  });

  it('of an epoch that is over → session_required, whatever ended it', async () => {
    const person = await makePerson(api.store);
    const { sessionToken } = await session(person);
    await api.store.users.raiseEpoch(person.userId, 'anything');
    expectProblem(await sessionsOf(person.userId, sessionToken), 'session_required');
    expect((await sessionsOf(person.userId, (await session(person)).sessionToken)).status).toBe(200);
  });

  it('opened for an epoch that was over by then → session_required', async () => {
    const person = await makePerson(api.store);
    const { sessionToken, sessionId } = await session(person);
    await api.store.sessions.model.updateOne({ _id: asSessionId(sessionId) }, { $set: { epoch: -1 } });
    expectProblem(await sessionsOf(person.userId, sessionToken), 'session_required');
  });
});
