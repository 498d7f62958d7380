import { z } from 'zod';
import { phoneField } from './primitives.ts';
import { codeField, verificationIdField } from './verification.ts';

/** What `PUT /v1/users/{id}/phone` takes. */
export const phoneChangeRequestSchema = z
  .strictObject({ phone: phoneField, verificationId: verificationIdField, code: codeField })
  .meta({ id: 'PhoneChangeRequest' });

/** Why a change of phone is refused, once the code is proven. */
export const phoneChangeRefusals = [
  'phone_in_use',
  'number_undecided',
  'number_frozen',
  'code_invalid',
  'session_required',
  'change_in_progress',
] as const;

const changeId = z.string().meta({ example: '5f1c9d0e-5b1a-8b7e-9d0b-0d6a3a7d9a11' });
const userId = z.string();

/** A change that isn't decided yet. */
export const pendingPhoneChangeSchema = z
  .strictObject({ changeId, userId, status: z.literal('pending') })
  .meta({ id: 'PendingPhoneChange' });

/** A change that was made. */
export const changedPhoneSchema = z
  .strictObject({
    changeId,
    userId,
    status: z.literal('changed'),
    formerHolderReleased: z.boolean().meta({
      description: 'Whether the number was the login phone of somebody else, who keeps all but that',
    }),
  })
  .meta({ id: 'ChangedPhone' });

/** A change of phone as it stands. */
export const phoneChangeSchema = z
  .union([
    pendingPhoneChangeSchema,
    changedPhoneSchema,
    z.strictObject({
      changeId,
      userId,
      status: z.literal('refused'),
      reason: z
        .string()
        .meta({ description: 'The code that the problem would have', example: 'phone_in_use' }),
    }),
  ])
  .meta({ id: 'PhoneChange' });

/** The example of OpenAPI. */
export const changedPhoneExample: z.input<typeof changedPhoneSchema> = {
  changeId: '5f1c9d0e-5b1a-8b7e-9d0b-0d6a3a7d9a11',
  userId: '0f0c7d1c-54cb-4c52-8c3f-6a8f5f8d2f7e',
  status: 'changed',
  formerHolderReleased: false,
};
