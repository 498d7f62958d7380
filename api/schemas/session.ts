import { z } from 'zod';
import { noticeKinds } from '../../store/notices.ts';
import { givenPasswordField } from './password.ts';
import { phoneField, time } from './primitives.ts';
import { codeField, verificationIdField } from './verification.ts';

const passwordLogin = z.strictObject({
  login: z
    .string()
    .min(1)
    .max(254)
    .meta({ description: 'Phone (E.164), nickname or verified e-mail', example: '小李' }),
  password: givenPasswordField,
});

const codeLogin = z.strictObject({
  phone: phoneField,
  verificationId: verificationIdField,
  code: codeField,
});

/** What `POST /v1/sessions` takes: a password, or a code that the phone received. */
export const loginSchema = z.union([passwordLogin, codeLogin]).meta({ id: 'Login' });

const noticeSchema = z.strictObject({
  kind: z.enum(noticeKinds),
  at: time,
  phone: z.string().nullable().meta({ description: 'The number it is about, masked' }),
});

/** What a user is told at a login, because no mail could. */
export type NoticeView = z.input<typeof noticeSchema>;

/** The answer to a login. */
export const loginAnswerSchema = z
  .strictObject({
    userId: z.string(),
    sessionToken: z.string().meta({ description: 'For `X-User-Session`' }),
    expiresAt: time,
    notices: z
      .array(noticeSchema)
      .optional()
      .meta({ description: 'What happened to the login phone, where no mail could tell it; told once' }),
    asksFor: z
      .array(z.enum(['nickname', 'email']))
      .optional()
      .meta({ description: 'Without one of these the user would lose its only login with the phone' }),
  })
  .meta({ id: 'NewSession' });

/** The answer to a login. */
export type LoginView = z.input<typeof loginAnswerSchema>;

/** The example of OpenAPI. */
export const loginAnswerExample: LoginView = {
  userId: '0f0c7d1c-54cb-4c52-8c3f-6a8f5f8d2f7e',
  sessionToken: '5f3f4c9e-6d61-4b1f-9f4e-0a1b2c3d4e5f.Yk2m0vWcQf7Jx3n8ZrT1aB5dE9gH4iK6lM7oP0qS2uV',
  expiresAt: '2026-11-24T20:00:00Z',
};

/** The sessions of a user that are good now. */
export const sessionListSchema = z
  .strictObject({
    items: z.array(
      z.strictObject({
        sessionId: z.string(),
        method: z.enum(['password', 'code']),
        createdAt: time.meta({ description: 'When the user logged in' }),
        expiresAt: time,
        isCurrent: z.boolean().meta({ description: 'Whether it is the one that asks' }),
      }),
    ),
  })
  .meta({ id: 'SessionList' });
