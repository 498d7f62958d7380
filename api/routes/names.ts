import { z } from 'zod';
import { changeHandle } from '../../store/handle-change.ts';
import { jsonBody } from '../body-spec.ts';
import { createConfirmHolder, type HolderDependencies } from '../confirm-holder.ts';
import type { ApiDependencies } from '../dependencies.ts';
import { askToVerifyEmail, type MailTools, verifyEmail } from '../emails/verify.ts';
import { loginByCodeOf } from '../middleware/user-session.ts';
import { Problem } from '../problem.ts';
import { type Route, route } from '../route.ts';
import { emailChangeSchema, emailVerificationSchema, nicknameChangeSchema } from '../schemas/names.ts';

const params = z.strictObject({ id: z.string().meta({ description: "The user's id" }) });

/** What users can be named by beside the phone: e-mail and nickname. */
export function nameRoutes(tools: MailTools & HolderDependencies & Pick<ApiDependencies, 'hasher'>): Route[] {
  const { store } = tools;
  const confirmHolder = createConfirmHolder(tools);
  return [
    route({
      method: 'put',
      path: '/v1/users/{id}/email',
      id: 'changeEmail',
      tag: 'Users',
      summary: "Change a user's e-mail",
      description:
        'A mail with a token goes to the address, and the e-mail is the user’s once that is sent back. Until then it reserves nothing and opens nothing, and a verified e-mail that the user has stays. Only the e-mail that was given last can be verified. The answer is the same whoever has the e-mail.',
      access: { kind: 'token', scope: 'users:write', session: 'fresh' },
      params,
      body: jsonBody({ schema: emailChangeSchema, example: { email: 'xiaoli@example.com' } }),
      responses: { 202: { description: 'The mail will be sent' } },
      problems: ['email_invalid'],
    }).handle(async ({ body: { email }, session, correlator, receivedAt: at }) => {
      const { userId, epoch } = session.user;
      const byCode = loginByCodeOf(session);
      const isAsked = await askToVerifyEmail(tools, { userId, email, epoch, byCode, correlator, at });
      if (!isAsked) throw new Problem('session_required');
      return { status: 202 };
    }),

    route({
      method: 'post',
      path: '/v1/email-verifications',
      id: 'verifyEmail',
      tag: 'Users',
      summary: 'Verify an e-mail',
      description:
        'By the token that was sent there; each once, within 24 hours. From then on the user can log in by the e-mail, reset the password by it, and is told there. The one before is free again.',
      access: { kind: 'token', scope: 'users:write' },
      body: jsonBody({
        schema: emailVerificationSchema,
        example: { token: 'mZ3v0vWq1kq3m7b2Yx0H8gq3pQ4Zr8yT1uJ6cW5dE9A' },
      }),
      responses: { 204: { description: 'The e-mail is verified' } },
      problems: ['email_token_invalid', 'email_in_use', 'change_in_progress'],
    }).handle(async ({ body: { token }, requestRef, receivedAt: now }) => {
      await verifyEmail(tools, { token, by: requestRef, now });
      return { status: 204 };
    }),

    route({
      method: 'put',
      path: '/v1/users/{id}/nickname',
      id: 'changeNickname',
      tag: 'Users',
      summary: "Change a user's nickname",
      description:
        'The one before is free again. In a login by code the carrier is asked anew whether the number is the user’s still.',
      access: { kind: 'token', scope: 'users:write', session: 'live' },
      params,
      body: jsonBody({ schema: nicknameChangeSchema, example: { nickname: '小李' } }),
      responses: { 204: { description: 'The nickname is the user’s' } },
      problems: [
        'nickname_invalid',
        'nickname_in_use',
        'change_in_progress',
        'number_undecided',
        'number_frozen',
      ],
    }).handle(async ({ body: { nickname: to }, session, correlator, receivedAt: now }) => {
      await confirmHolder({ session, correlator });
      const { userId, epoch } = session.user;
      const outcome = await changeHandle(store, { userId, kind: 'nickname', to, epoch, now });
      if (outcome === 'taken') throw new Problem('nickname_in_use');
      if (outcome === 'busy') throw new Problem('change_in_progress');
      if (outcome === 'stale') throw new Problem('session_required');
      return { status: 204 };
    }),
  ];
}
