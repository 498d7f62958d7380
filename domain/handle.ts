import { foldCase } from './letter-case.ts';
import { accepted, type Parsed, refused } from './parsed.ts';

declare const brand: unique symbol;

/** A name that a user chose to log in with, as it is shown. */
export type Nickname = string & { readonly [brand]: 'Nickname' };

/** An e-mail address as mail is sent to it. Whether it is verified is a fact about its user, not about the text. */
export type Email = string & { readonly [brand]: 'Email' };

const SHORTEST_NICKNAME = 2;
/** What fits a line of the console and of a mail. */
const LONGEST_NICKNAME = 32;
/** RFC 5321 §4.5.3.1: a path of 256 octets with its brackets, and a local part of 64. */
const LONGEST_EMAIL = 254;
const LONGEST_LOCAL_PART = 64;

/** Control, format, private and unassigned characters, line separators, and whatever else nobody sees. */
const INVISIBLE = /[\p{C}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\u2800]/u;
/** More marks on one letter than any orthography puts there: they bury the letters around them. */
const STACKED_MARKS = /^\p{M}|\p{M}{4,}/u;
/** Five digits or more and only what is written between digits: short codes such as 95588 count as phone numbers too. */
const LIKE_A_PHONE = /^[\s+().-]*(\p{Nd}[\s().-]*){5,}$/u;

/** The `dot-atom` of RFC 5322 §3.2.3 and host names of RFC 1123, in ASCII and with a dot: what mail servers take. */
const LOCAL_PART = /^[a-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[a-z0-9!#$%&'*+/=?^_`{|}~-]+)*$/i;
const DOMAIN = /^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]([a-z0-9-]{0,61}[a-z0-9])?$/i;

/**
 * Letters of Greek, Cyrillic and the rarer Latin that look like one of a–z, in lower case; from Unicode's
 * confusables.txt (UTS #39), with those of which only the capital looks alike. Letters that merely resemble each other (l and 1, rn and m) are left apart: they tell
 * honest names apart far more often than they deceive.
 */
const LOOK_ALIKES: ReadonlyMap<string, string> = new Map(
  Object.entries({
    a: 'аαɑ',
    b: 'ьƅвβ',
    c: 'сᴄ',
    d: 'ԁ',
    e: 'еҽ',
    f: 'ϝғ',
    g: 'ɡց',
    h: 'һհнη',
    i: 'іιıɩ',
    j: 'јϳ',
    k: 'кκ',
    l: 'ӏⅼǀ',
    m: 'мμ',
    n: 'ոռ',
    o: 'оοօσ',
    p: 'рρ',
    q: 'ԛգ',
    r: 'гᴦ',
    s: 'ѕꜱ',
    t: 'тτ',
    u: 'υսʋ',
    v: 'ѵνᴠ',
    w: 'ԝѡᴡ',
    x: 'хχ',
    y: 'уγү',
    z: 'ᴢζ',
  }).flatMap(([letter, others]) => [...others].map((other) => [other, letter] as const)),
);

/**
 * Reads a nickname: full-width forms made plain (NFKC), spaces at its ends removed and within it collapsed.
 * Refused (`nickname_invalid`): shorter than 2 or longer than 32 characters, control or invisible characters, and
 * what looks like a phone number or an e-mail address, for those are other people's logins.
 */
export function parseNickname(text: string): Parsed<Nickname> {
  if (INVISIBLE.test(text)) {
    return refused('nickname_invalid', 'A nickname has no control or invisible characters');
  }
  const nickname = text.normalize('NFKC').replace(/\s+/gu, ' ').trim();
  const length = [...nickname].length;
  if (length < SHORTEST_NICKNAME || length > LONGEST_NICKNAME) {
    return refused(
      'nickname_invalid',
      `A nickname has ${SHORTEST_NICKNAME} to ${LONGEST_NICKNAME} characters`,
    );
  }
  if (INVISIBLE.test(nickname) || STACKED_MARKS.test(nickname)) {
    return refused('nickname_invalid', 'A nickname has only characters that can be read');
  }
  if (nickname.includes('@') || LIKE_A_PHONE.test(nickname)) {
    return refused('nickname_invalid', 'A nickname must not look like a phone number or an e-mail address');
  }
  return accepted(nickname as Nickname);
}

/**
 * What two nicknames have in common that must not both be given out: equal but for width, case, spaces, accents typed
 * in another way, and letters of other alphabets that look like Latin ones.
 */
export function nicknameKey(nickname: Nickname): string {
  // Letters are taken apart from their accents first: ӓ hides a look-alike of ä.
  const letters = [...foldCase(nickname).replace(/\s/gu, '').normalize('NFKD')];
  return letters
    .map((letter) => LOOK_ALIKES.get(letter) ?? letter)
    .join('')
    .normalize('NFKC');
}

/**
 * Reads an e-mail address in ASCII: full-width forms made plain (NFKC), spaces around it removed, its domain in lower
 * case. Refused (`email_invalid`): quoted local parts, address literals, internationalised addresses, domains without a dot.
 */
export function parseEmail(text: string): Parsed<Email> {
  const email = text.normalize('NFKC').trim();
  const at = email.lastIndexOf('@');
  const local = email.slice(0, Math.max(at, 0));
  const domain = email.slice(at + 1).toLowerCase();
  if (email.length > LONGEST_EMAIL || local.length > LONGEST_LOCAL_PART) {
    return refused('email_invalid', 'An e-mail address has at most 254 characters, 64 of them before the @');
  }
  if (!LOCAL_PART.test(local) || !DOMAIN.test(domain)) {
    return refused('email_invalid', 'Not an e-mail address');
  }
  return accepted(`${local}@${domain}` as Email);
}

/**
 * What makes two e-mail addresses the same: all but case. Dots and what follows a `+` are kept, for only the server
 * behind an address knows whether they matter.
 */
export function emailKey(email: Email): string {
  return email.toLowerCase();
}
