import { z } from 'zod';
import { parseEmail, parseNickname } from '../../domain/handle.ts';
import { parsePersonName } from '../../domain/person-name.ts';
import { parsedText } from '../validation.ts';
import { newPasswordField } from './password.ts';
import { phoneField } from './primitives.ts';
import { codeField, verificationIdField } from './verification.ts';

/** What `POST /v1/registrations` takes. */
export const registrationRequestSchema = z
  .strictObject({
    phone: phoneField,
    verificationId: verificationIdField,
    code: codeField,
    password: newPasswordField,
    nickname: parsedText(
      parseNickname,
      z.string().meta({
        description:
          '2 to 32 characters. Unique, also among those that only look the same; a login beside the phone',
        example: '小李',
      }),
    ).optional(),
    email: parsedText(
      parseEmail,
      z.string().meta({
        description:
          'Reserves nothing and opens nothing before it is verified by the mail that is sent there',
        example: 'li@example.com',
      }),
    ).optional(),
    identity: z
      .strictObject({
        name: parsedText(parsePersonName, z.string().meta({ example: '李雷' })),
        idNumber: z
          .string()
          .max(64)
          .meta({ description: '公民身份号码, 18 characters', example: '11010519491231002X' }),
      })
      .optional()
      .meta({ description: 'Who the user is; the carrier is asked to confirm it where it can' }),
  })
  .meta({ id: 'RegistrationRequest' });

/** Why a registration is refused. */
export const registrationRefusals = [
  'phone_in_use',
  'number_undecided',
  'number_frozen',
  'nickname_in_use',
  'code_invalid',
] as const;

const registrationId = z.string().meta({ example: '0c4b9f0e-5b1a-8b7e-9d0b-0d6a3a7d9a11' });

/** A registration that isn't decided yet. */
export const pendingRegistrationSchema = z
  .strictObject({ registrationId, status: z.literal('pending') })
  .meta({ id: 'PendingRegistration' });

/** A registration that made a user. */
export const registeredSchema = z
  .strictObject({
    registrationId,
    status: z.literal('registered'),
    userId: z.string(),
    formerHolderReleased: z.boolean().meta({
      description: 'Whether the number was the login phone of somebody else, who keeps all but that',
    }),
  })
  .meta({ id: 'Registered' });

/** A registration as it stands. */
export const registrationSchema = z
  .union([
    pendingRegistrationSchema,
    registeredSchema,
    z.strictObject({
      registrationId,
      status: z.literal('refused'),
      reason: z
        .string()
        .meta({ description: 'The code that the problem would have', example: 'phone_in_use' }),
    }),
  ])
  .meta({ id: 'Registration' });

/** The example of OpenAPI. */
export const registeredExample: z.input<typeof registeredSchema> = {
  registrationId: '0c4b9f0e-5b1a-8b7e-9d0b-0d6a3a7d9a11',
  status: 'registered',
  userId: '0f0c7d1c-54cb-4c52-8c3f-6a8f5f8d2f7e',
  formerHolderReleased: false,
};
