import { z } from 'zod';
import { parseInstant } from '../../domain/instant.ts';

/** A number in E.164. Which ranges exist is not checked: the books may hold any number. */
export const phone = z
  .string()
  .regex(/^\+[1-9]\d{6,14}$/, 'must be a phone number in E.164, like +8613800138000');

/** A phone number in a query, where an unescaped `+` has arrived as a space. */
export const phoneInQuery = z
  .string()
  .transform((text) => text.replace(/^ /, '+'))
  .pipe(phone);

/** An RFC 3339 time with its offset; read as milliseconds since 1970. */
export const instant = z.string().transform((text, context) => {
  const parsed = parseInstant(text);
  if (!parsed.ok) {
    context.addIssue({ code: 'custom', message: parsed.detail });
    return z.NEVER;
  }
  return parsed.value;
});

/** Name and ID number as written at a counter; neither is checked. */
export const identity = z.strictObject({ name: z.string().min(1), idNumber: z.string().min(1) });
