import { z } from 'zod';
import type { Answered, Asked, TestApi } from './api.ts';
import type { Person } from './people.ts';

/** What a person of a test does through the API, logged in by its nickname, for its phone may be anybody's. */
export async function logInAs(api: TestApi, person: Person) {
  const token = await api.token({ scope: 'sessions:write users:read users:write', expiresIn: 10 * 86_400 });
  const logIn = (login: string, password: string): Promise<Answered> =>
    api.call('/v1/sessions', { token, body: { login, password } });
  const { text } = await logIn(person.nickname, person.password);
  const { sessionToken } = z.looseObject({ sessionToken: z.string() }).parse(JSON.parse(text));
  return {
    token,
    logIn,
    /** Puts something of this user's. */
    put: (what: string, body: unknown, asked: Asked = {}): Promise<Answered> =>
      api.call(`/v1/users/${person.userId}/${what}`, {
        method: 'PUT',
        token,
        body,
        headers: { 'x-user-session': sessionToken },
        ...asked,
      }),
    /** The user as callers see it. */
    shown: () => api.call(`/v1/users/${person.userId}`, { token }),
    /** Whether the session still is one. */
    isLive: async (): Promise<boolean> => {
      const { status } = await api.call(`/v1/users/${person.userId}/sessions`, {
        token,
        headers: { 'x-user-session': sessionToken },
      });
      return status === 200;
    },
  };
}
