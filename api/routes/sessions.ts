import { z } from 'zod';
import { asSessionId } from '../../domain/ids.ts';
import { jsonBody } from '../body-spec.ts';
import type { ApiDependencies } from '../dependencies.ts';
import { type CodeLoginTools, loginByCode } from '../logins/by-code.ts';
import { loginByPassword, type PasswordLoginTools } from '../logins/by-password.ts';
import { openSession, type SessionTools } from '../logins/open-session.ts';
import { gateProblems } from '../logins/refused-gate.ts';
import { Problem } from '../problem.ts';
import { type Route, route } from '../route.ts';
import { loginAnswerExample, loginAnswerSchema, loginSchema, sessionListSchema } from '../schemas/session.ts';
import { sessionViews } from '../views/session-view.ts';

const userId = z.string().meta({ description: "The user's id" });

/** Logging in, and what becomes of logins. */
export function sessionRoutes({
  store,
  ...tools
}: Pick<ApiDependencies, 'store'> & PasswordLoginTools & CodeLoginTools & SessionTools): Route[] {
  const all = { store, ...tools };
  return [
    route({
      method: 'post',
      path: '/v1/sessions',
      id: 'logIn',
      tag: 'Sessions',
      summary: 'Log a user in',
      description:
        'By password, with the phone, the nickname or the verified e-mail; or by a code that the phone received, on a verdict that its number is still the user’s. Every call opens a session of its own.',
      access: { kind: 'token', scope: 'sessions:write' },
      body: jsonBody({
        schema: loginSchema,
        example: { login: '小李', password: 'four quiet lanterns' },
      }),
      responses: {
        201: { description: 'The session', schema: loginAnswerSchema, example: loginAnswerExample },
      },
      problems: ['phone_invalid', 'bad_credentials', 'code_invalid', 'too_many_requests', ...gateProblems],
      idempotent: false,
    }).handle(async ({ body, requestRef, address, correlator, receivedAt: now }) => {
      const admitted =
        'login' in body
          ? await loginByPassword(all, { ...body, address, now })
          : await loginByCode(all, { ...body, by: requestRef, address, correlator, now });
      return { status: 201, body: await openSession(all, admitted, now) };
    }),

    route({
      method: 'get',
      path: '/v1/users/{id}/sessions',
      id: 'listSessions',
      tag: 'Sessions',
      summary: 'The sessions of a user',
      description: 'Those that are good now, the newest first.',
      access: { kind: 'token', scope: 'users:read', session: 'live' },
      params: z.strictObject({ id: userId }),
      responses: { 200: { description: 'The sessions', schema: sessionListSchema } },
    }).handle(async ({ session: { user, sessionId }, receivedAt: now }) => {
      const sessions = await store.sessions.ofUser({ userId: user.userId, epoch: user.epoch, now });
      return { status: 200, body: { items: sessionViews(sessions, sessionId) } };
    }),

    route({
      method: 'delete',
      path: '/v1/users/{id}/sessions/{sessionId}',
      id: 'endSession',
      tag: 'Sessions',
      summary: 'End a session of a user',
      description: 'The one that asks may end itself: that logs the user out.',
      access: { kind: 'token', scope: 'users:write', session: 'live' },
      params: z.strictObject({
        id: userId,
        sessionId: z.string().meta({ description: 'As listed' }),
      }),
      responses: { 204: { description: 'The session has ended' } },
      problems: ['session_not_found'],
    }).handle(async ({ params, session }) => {
      const ended = await store.sessions.end({
        sessionId: asSessionId(params.sessionId),
        userId: session.userId,
      });
      if (!ended) throw new Problem('session_not_found');
      return { status: 204 };
    }),
  ];
}
