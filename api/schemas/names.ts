import { z } from 'zod';
import { parseEmail, parseNickname } from '../../domain/handle.ts';
import { parsePersonName } from '../../domain/person-name.ts';
import { parsedText } from '../validation.ts';

/** An e-mail address in a request body. */
export const emailField = parsedText(
  parseEmail,
  z.string().meta({ description: 'In ASCII, as `local@host.tld`', example: 'xiaoli@example.com' }),
);

/** A nickname in a request body. */
export const nicknameField = parsedText(
  parseNickname,
  z.string().meta({
    description:
      '2 to 32 characters. Unique, also among those that only look the same; a login beside the phone',
    example: '小李',
  }),
);

/** A token as a mail brings it: whatever somebody types there. */
export const mailedTokenField = z.string().max(256).meta({
  description: '43 characters, on a line of its own in the mail',
  example: 'mZ3v0vWq1kq3m7b2Yx0H8gq3pQ4Zr8yT1uJ6cW5dE9A',
});

/** What `PUT /v1/users/{id}/email` takes. */
export const emailChangeSchema = z.strictObject({ email: emailField }).meta({ id: 'EmailChange' });

/** What `POST /v1/email-verifications` takes. */
export const emailVerificationSchema = z
  .strictObject({ token: mailedTokenField })
  .meta({ id: 'EmailVerification' });

/** What `PUT /v1/users/{id}/nickname` takes. */
export const nicknameChangeSchema = z
  .strictObject({ nickname: nicknameField })
  .meta({ id: 'NicknameChange' });

/** What `PUT /v1/users/{id}/identity` takes. */
export const identitySchema = z
  .strictObject({
    name: parsedText(parsePersonName, z.string().meta({ example: '李雷' })),
    idNumber: z
      .string()
      .max(64)
      .meta({ description: '公民身份号码, 18 characters', example: '11010519491231002X' }),
  })
  .meta({ id: 'Identity' });
