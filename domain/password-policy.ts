import { foldCase } from './letter-case.ts';
import { accepted, type Parsed, refused } from './parsed.ts';

declare const brand: unique symbol;

/** A password that a user may choose, composed (NFC). What is compared on login may be older than this policy, and is a plain string. */
export type Password = string & { readonly [brand]: 'Password' };

/** Tells whether a text, in the form that `foldCase` gives, is among the passwords that are tried first. */
export type IsCommon = (folded: string) => boolean;

/** NIST SP 800-63B §5.1.1.2: at least 8 characters, and at least 64 allowed; twice that, for a longer one only costs hashing. */
const SHORTEST = 8;
const LONGEST = 128;

/** What people put before and after a word so that it passes for a password: a year, or `123!`. */
const MOST_AFFIXED = 4;
/** A word of fewer letters is chance. */
const SHORTEST_WORD = 4;
/** A text made of one piece over and over is no better than the piece. */
const LONGEST_PIECE = 4;

/** Characters that are typed for letters they look like. */
const TYPED_FOR: Readonly<Record<string, string>> = {
  '0': 'o',
  '1': 'i',
  '3': 'e',
  '4': 'a',
  '5': 's',
  '7': 't',
  '@': 'a',
  $: 's',
  '!': 'i',
};

/** 生日 as eight digits: what most leaked passwords of digits are in China. */
const BIRTHDAY = /^(19|20)\d\d(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])$/;

/**
 * Reads a password that somebody chooses: any characters, spaces and Chinese among them, none required (NIST SP
 * 800-63B §5.1.1.2). Counted in characters, composed. Refused: `password_too_short` (under 8), `password_too_long` (over
 * 128), `password_too_common` (among those that are tried first, or a plain variant of one: case, width, letters typed
 * as digits, a few digits or signs around it, repetitions, runs, birthdays).
 */
export function parsePassword(text: string, isCommon: IsCommon): Parsed<Password> {
  const password = text.normalize('NFC');
  const { length } = [...password];
  if (length < SHORTEST) {
    return refused('password_too_short', `A password has at least ${SHORTEST} characters`);
  }
  if (length > LONGEST) {
    return refused('password_too_long', `A password has at most ${LONGEST} characters`);
  }
  const folded = foldCase(password);
  if (isTrivial(folded, isCommon) || variantsOf(folded).some((variant) => isCommon(variant))) {
    return refused('password_too_common', 'This password is one of those that are tried first');
  }
  return accepted(password as Password);
}

/**
 * Whether a password is little more than something that is known of its user: phone, nickname, e-mail. Texts of under
 * 4 characters say nothing.
 */
export function resemblesOwn(password: Password, own: readonly string[]): boolean {
  const folded = foldCase(password);
  const plain = [folded, withoutSpaces(folded)];
  return own
    .flatMap(formsOf)
    .filter((form) => [...form].length >= SHORTEST_WORD)
    .some((form) => plain.some((text) => isFormWithLittle(text, form)));
}

/** Nothing but the form, forwards or backwards, any number of times, and a few characters more. */
function isFormWithLittle(text: string, form: string): boolean {
  return [form, [...form].reverse().join('')].some(
    (each) => text.includes(each) && [...text.replaceAll(each, '')].length <= MOST_AFFIXED,
  );
}

/** An e-mail address also by what stands before its @, a phone number also without +86. */
function formsOf(own: string): string[] {
  const folded = withoutSpaces(foldCase(own));
  const at = folded.lastIndexOf('@');
  const local = at > 0 ? [folded.slice(0, at)] : [];
  return [folded, ...local, folded.replace(/^\+86/, '')];
}

const withoutSpaces = (text: string): string => text.replace(/\s/gu, '');

/** The texts that a folded password may be a variant of. */
function variantsOf(folded: string): string[] {
  return [folded, withoutSpaces(folded)].flatMap((text) =>
    [text, wordIn(text)].flatMap((each) => (each === null ? [] : [each, asTyped(each)])),
  );
}

/** The word between a few digits and signs; null where there are more, or no word. */
function wordIn(text: string): string | null {
  const [, before = '', word = '', after = ''] = /^(\P{L}*)(.*?)(\P{L}*)$/su.exec(text) ?? [];
  const isWord = [...word].length >= SHORTEST_WORD;
  return isWord && [...before].length <= MOST_AFFIXED && [...after].length <= MOST_AFFIXED ? word : null;
}

const asTyped = (text: string): string => [...text].map((each) => TYPED_FOR[each] ?? each).join('');

function isTrivial(folded: string, isCommon: IsCommon): boolean {
  const characters = [...folded];
  if (BIRTHDAY.test(folded) || isRun(characters)) return true;
  const piece = pieceOf(characters);
  return piece !== null && (piece.length <= LONGEST_PIECE || isCommon(piece.join('')));
}

/** What a text repeats, whole or with a last piece cut short; null where it repeats nothing. */
function pieceOf(characters: readonly string[]): string[] | null {
  for (let length = 1; length <= characters.length / 2; length += 1) {
    if (characters.every((each, index) => each === characters[index % length])) {
      return characters.slice(0, length);
    }
  }
  return null;
}

/** Each character is the next one, or each the one before, as in `abcdefgh` and `98765432`; a 0 may follow a 9. */
function isRun(characters: readonly string[]): boolean {
  const steps = characters.slice(1).map((each, index) => {
    const before = characters[index] ?? '';
    if (before === '9' && each === '0') return 1;
    if (before === '0' && each === '9') return -1;
    return (each.codePointAt(0) ?? 0) - (before.codePointAt(0) ?? 0);
  });
  return steps.every((step) => step === 1) || steps.every((step) => step === -1);
}
