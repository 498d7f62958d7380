import { z } from 'zod';
import { givenPasswordField, newPasswordField } from './password.ts';
import { phoneField } from './primitives.ts';
import { codeField, verificationIdField } from './verification.ts';

/** What `PUT /v1/users/{id}/password` takes. */
export const passwordChangeSchema = z
  .strictObject({ currentPassword: givenPasswordField, newPassword: newPasswordField })
  .meta({ id: 'PasswordChange' });

/** What `POST /v1/password-resets` takes. */
export const passwordResetSchema = z
  .strictObject({
    phone: phoneField,
    verificationId: verificationIdField,
    code: codeField,
    newPassword: newPasswordField,
  })
  .meta({ id: 'PasswordReset' });
