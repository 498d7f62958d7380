import type { Email } from './handle.ts';
import type { IdNumber } from './id-number.ts';
import type { PersonName } from './person-name.ts';
import type { PhoneNumber } from './phone-number.ts';

/** Always this many stars, so that a masked text doesn't tell how long the hidden part is. */
const HIDDEN = '***';

/**
 * A phone number for people who may know that it is theirs: country, what comes before its last eight digits, and the
 * last four. `+8613800138000` → `+86138****8000`, `+862812345678` → `+8628****5678`.
 */
export function maskPhone(phone: PhoneNumber): string {
  return `${phone.slice(0, -8)}****${phone.slice(-4)}`;
}

/** An e-mail address: `alice@example.com` → `a***@example.com`; of a local part of one character nothing is shown. */
export function maskEmail(email: Email): string {
  const at = email.lastIndexOf('@');
  return `${at > 1 ? email.slice(0, 1) : ''}${HIDDEN}${email.slice(at)}`;
}

/** A name: `张三` → `张*`, with one star whatever its length. */
export function maskName(name: PersonName): string {
  const [first = ''] = name;
  return `${first}*`;
}

/** An ID number: the prefecture and the last four. `510104199001011234` → `5101**********1234`. */
export function maskIdNumber(idNumber: IdNumber): string {
  return `${idNumber.slice(0, 4)}${'*'.repeat(10)}${idNumber.slice(-4)}`;
}
