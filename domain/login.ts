import { type Email, emailKey, type Nickname, nicknameKey, parseEmail, parseNickname } from './handle.ts';
import { type PhoneNumber, parsePhoneNumber } from './phone-number.ts';

/** What somebody logs in by beside a password. `key` is what makes two handles the same. */
export type LoginName =
  | { readonly by: 'phone'; readonly phone: PhoneNumber }
  | { readonly by: 'email' | 'nickname'; readonly key: string };

/**
 * Reads what was typed where a login belongs: an e-mail has an @, a phone is one in E.164, all else is a nickname, and
 * no nickname looks like one of the others. Null for what nobody can be called.
 */
export function readLoginName(text: string): LoginName | null {
  const trimmed = text.trim();
  if (trimmed.includes('@') || trimmed.includes('＠')) {
    const email = parseEmail(trimmed);
    return email.ok ? { by: 'email', key: emailKey(email.value) } : null;
  }
  const phone = parsePhoneNumber(trimmed);
  if (phone.ok) return { by: 'phone', phone: phone.value };
  const nickname = parseNickname(trimmed);
  return nickname.ok ? { by: 'nickname', key: nicknameKey(nickname.value) } : null;
}

/** What of a user can be named at a login. */
export interface NamedUser {
  readonly nickname: string | null;
  readonly email: string | null;
  readonly emailVerified: boolean;
}

/** Whether a handle is still the user's: handles and users are written one after the other. */
export function isNameOf(
  { by, key }: Extract<LoginName, { key: string }>,
  { nickname, email, emailVerified }: NamedUser,
): boolean {
  return by === 'nickname'
    ? nickname !== null && nicknameKey(nickname as Nickname) === key
    : email !== null && emailVerified && emailKey(email as Email) === key;
}

/** A way to log in that doesn't end with the phone. */
export type LastingName = 'nickname' | 'email';

/**
 * What a user is asked for: one that would lose its only login with the phone, while the phone is still its own.
 */
export function namesToAskFor(
  { nickname, email, emailVerified }: NamedUser,
  phone: { readonly isCurrent: boolean },
): readonly LastingName[] {
  const hasOne = nickname !== null || (email !== null && emailVerified);
  return phone.isCurrent && !hasOne ? ['nickname', 'email'] : [];
}
