import { z } from 'zod';
import type { Workflows } from '../../api/workflows.ts';
import { type Answered, openApi, type TestApi } from './api.ts';
import { makePerson, type Person } from './people.ts';
import { expectProblem } from './problems.ts';
import { freshPhone } from './registering.ts';

/**
 * What a code alone let in does nothing that a release couldn't undo, but on an answer of now: within the minutes for
 * which a gate trusts an answer, the number may have gone to somebody else.
 */
let api: TestApi;
let token: string;
const begun: string[] = [];
beforeAll(async () => {
  api = await openApi({
    workflows: (): Partial<Workflows> => ({
      wakeNumber: async () => undefined,
      changePhone: async ({ userId }) => {
        begun.push(userId);
        return 'started';
      },
      closeUser: async ({ userId }) => {
        begun.push(userId);
        return 'started';
      },
      hasEnded: async () => true,
    }),
  });
  token = await api.token({ scope: 'sessions:write users:read users:write' });
});
afterAll(() => api.close());
beforeEach(() => {
  api.scripted.reset();
  begun.length = 0;
});

const sessionOf = ({ text }: Answered): string =>
  z.looseObject({ sessionToken: z.string() }).parse(JSON.parse(text)).sessionToken;
const logIn = async (body: object) => sessionOf(await api.call('/v1/sessions', { token, body }));

const ways = {
  'by code': async ({ phone }: Person) => logIn({ phone, ...(await api.codeFor(phone, 'login')) }),
  'by a password that a code alone set': async ({ phone }: Person) => {
    const newPassword = 'seven loud trumpets';
    const body = { phone, ...(await api.codeFor(phone, 'reset-password')), newPassword };
    expect((await api.call('/v1/password-resets', { token, body })).status).toBe(204);
    return logIn({ login: phone, password: newPassword });
  },
};

const acts = {
  'PUT phone': async (userId: string, sessionToken: string) => {
    const phone = freshPhone();
    return call(userId, sessionToken, 'PUT', '/phone', {
      phone,
      ...(await api.codeFor(phone, 'change-phone')),
    });
  },
  'PUT nickname': (userId: string, sessionToken: string) =>
    call(userId, sessionToken, 'PUT', '/nickname', { nickname: `new ${userId.slice(-8)}` }),
  DELETE: (userId: string, sessionToken: string) => call(userId, sessionToken, 'DELETE', ''),
};

const call = (userId: string, sessionToken: string, method: string, path: string, body?: unknown) =>
  api.call(`/v1/users/${userId}${path}`, {
    token,
    method,
    ...(body === undefined ? {} : { body }),
    headers: { 'x-user-session': sessionToken },
  });

const rows = Object.entries(ways).flatMap(([way, logInSo]) =>
  Object.entries(acts).map(([act, doSo]) => ({ way, act, logInSo, doSo })),
);

describe.each(rows)('$act in a login $way', ({ logInSo, doSo }) => {
  /** Somebody is let in while the carrier says that the number is its own. */
  async function letIn() {
    const person = await makePerson(api.store);
    api.carrierSays({ line: {} });
    return { person, sessionToken: await logInSo(person) };
  }
  const nicknameOf = async ({ userId }: Person) => (await api.store.users.find(userId))?.nickname;

  it('I2: the carrier says by now that the number went to somebody else → session_required, and the release begins', async () => {
    const { person, sessionToken } = await letIn();
    api.carrierSays({ line: { joined: { precision: 'second', at: Date.now() - 1_000 } } });
    expectProblem(await doSo(person.userId, sessionToken), 'session_required');
    expect((await api.store.claims.find(person.numberKey))?.claim?.foundRecycled).toBeDefined();
    expect(begun).toEqual([]);
    expect(await nicknameOf(person)).toBe(person.nickname);
  });

  it('the carrier is away by now → number_undecided, and nothing changed', async () => {
    const { person, sessionToken } = await letIn();
    api.carrierSays({ all: 'time-out' });
    expectProblem(await doSo(person.userId, sessionToken), 'number_undecided');
    expect((await api.store.claims.find(person.numberKey))?.claim?.foundRecycled).toBeUndefined();
    expect(begun).toEqual([]);
    expect(await nicknameOf(person)).toBe(person.nickname);
  });

  it('the carrier says the same by now → done', async () => {
    const { person, sessionToken } = await letIn();
    expect((await doSo(person.userId, sessionToken)).status).toBeLessThan(300);
  });
});

describe.each(Object.entries(acts))('%s in a login by the user’s own password', (_, doSo) => {
  it('the carrier is away → done, for nobody has to be asked', async () => {
    const person = await makePerson(api.store);
    api.carrierSays({ all: 'time-out' });
    const sessionToken = await logIn({ login: person.nickname, password: person.password });
    expect((await doSo(person.userId, sessionToken)).status).toBeLessThan(300);
  });
});
