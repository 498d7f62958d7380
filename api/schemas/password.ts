import { z } from 'zod';
import { type Password, parsePassword, resemblesOwn } from '../../domain/password-policy.ts';
import { isCommonPassword } from '../../platform/common-passwords.ts';
import { Problem } from '../problem.ts';
import { parsedText } from '../validation.ts';

/** A password that somebody chooses, in a request body. */
export const newPasswordField = parsedText(
  (text) => parsePassword(text, isCommonPassword),
  z.string().meta({
    description:
      '8 to 128 characters, of any kind; none of those that are tried first, and no plain variant of one',
    example: 'four quiet lanterns',
  }),
);

/** A password that somebody claims to have: whatever it is, within what can be one. */
export const givenPasswordField = z
  .string()
  .max(1_024)
  .meta({ description: 'As it was chosen', example: 'four quiet lanterns' });

/** Throws `password_too_common` where a chosen password is little more than what is known of its user; `null`s say nothing. */
export function refuseOwn({
  password,
  pointer,
  own,
}: {
  password: Password;
  /** Where the password stands in the body. */
  pointer: '/password' | '/newPassword';
  own: readonly (string | null | undefined)[];
}): void {
  const known = own.flatMap((each) => each ?? []);
  if (!resemblesOwn(password, known)) return;
  const message = 'The password is little more than the phone, the nickname or the e-mail';
  throw new Problem('password_too_common', { detail: message, errors: [{ pointer, message }] });
}
