import { z } from 'zod';
import { jsonBody } from '../body-spec.ts';
import type { ApiDependencies } from '../dependencies.ts';
import type { LoginLimits } from '../logins/login-limits.ts';
import { gateProblems } from '../logins/refused-gate.ts';
import { changePassword, type PasswordTools } from '../passwords/change.ts';
import { type CodeResetTools, resetByCode } from '../passwords/reset-by-code.ts';
import { askForReset, type EmailResetTools, resetByEmail } from '../passwords/reset-by-email.ts';
import { type Route, route } from '../route.ts';
import { passwordChangeSchema, passwordResetSchema } from '../schemas/passwords.ts';

const policyProblems = ['password_too_short', 'password_too_long', 'password_too_common'] as const;

/** Setting passwords: with the one before, or where it is forgotten. */
export function passwordRoutes(
  tools: Pick<ApiDependencies, 'store'> &
    PasswordTools &
    CodeResetTools &
    EmailResetTools & { limits: LoginLimits },
): Route[] {
  return [
    route({
      method: 'put',
      path: '/v1/users/{id}/password',
      id: 'changePassword',
      tag: 'Users',
      summary: "Change a user's password",
      description: 'Ends all sessions of the user but the one that asks.',
      access: { kind: 'token', scope: 'users:write', session: 'fresh' },
      params: z.strictObject({ id: z.string().meta({ description: "The user's id" }) }),
      body: jsonBody({
        schema: passwordChangeSchema,
        example: { currentPassword: 'four quiet lanterns', newPassword: 'nine loud trumpets' },
      }),
      responses: { 204: { description: 'The password is changed' } },
      problems: ['bad_credentials', 'too_many_requests', ...policyProblems],
    }).handle(async ({ body, session, address, requestRef, receivedAt: now }) => {
      await changePassword(tools, { ...body, session, address, cause: requestRef, now });
      return { status: 204 };
    }),

    route({
      method: 'post',
      path: '/v1/password-resets',
      id: 'resetPassword',
      tag: 'Sessions',
      summary: 'Set a new password where it is forgotten',
      description:
        'By a code that the phone received, on a verdict that its number is still the user’s; or, whatever became of the phone, by a token that is sent to the verified e-mail: asked for with `email` alone, which is answered the same whoever has it, and good once, for an hour. Setting the password ends all sessions of the user.',
      access: { kind: 'token', scope: 'sessions:write' },
      body: jsonBody({
        schema: passwordResetSchema,
        example: {
          phone: '+8613800138000',
          verificationId: '6f1f9f0e-6b0a-4b7e-9d0b-0d6a3a7d9a11',
          code: '482913',
          newPassword: 'nine loud trumpets',
        },
      }),
      responses: {
        202: { description: 'A mail will be sent, if the e-mail is a verified one' },
        204: { description: 'The password is set' },
      },
      problems: [
        'phone_invalid',
        'code_invalid',
        'email_invalid',
        'reset_token_invalid',
        ...policyProblems,
        ...gateProblems,
      ],
    }).handle(async ({ body, requestRef, address, correlator, receivedAt: now }) => {
      if ('email' in body) {
        await askForReset(tools, { ...body, address, correlator, now });
        return { status: 202 };
      }
      if ('resetToken' in body) {
        await resetByEmail(tools, { ...body, by: requestRef, address, now });
        return { status: 204 };
      }
      await resetByCode(tools, { ...body, by: requestRef, address, correlator, now });
      return { status: 204 };
    }),
  ];
}
