import { z } from 'zod';
import { emailField, mailedTokenField } from './names.ts';
import { givenPasswordField, newPasswordField } from './password.ts';
import { phoneField } from './primitives.ts';
import { codeField, verificationIdField } from './verification.ts';

/** What `PUT /v1/users/{id}/password` takes. */
export const passwordChangeSchema = z
  .strictObject({ currentPassword: givenPasswordField, newPassword: newPasswordField })
  .meta({ id: 'PasswordChange' });

/** A reset by the code that a phone received. */
const resetByCodeSchema = z
  .strictObject({
    phone: phoneField,
    verificationId: verificationIdField,
    code: codeField,
    newPassword: newPasswordField,
  })
  .meta({ id: 'PasswordResetByCode' });

/** Asks for a reset token by e-mail. */
const resetRequestSchema = z
  .strictObject({ email: emailField })
  .meta({ id: 'PasswordResetRequest', description: 'Has a token sent there, if it is a verified e-mail' });

/** A reset by the token that a mail brought. */
const resetByTokenSchema = z
  .strictObject({ resetToken: mailedTokenField, newPassword: newPasswordField })
  .meta({ id: 'PasswordResetByToken' });

/** What `POST /v1/password-resets` takes. */
export const passwordResetSchema = z
  .union([resetByCodeSchema, resetRequestSchema, resetByTokenSchema])
  .meta({ id: 'PasswordReset' });
