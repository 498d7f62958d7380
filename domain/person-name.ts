import { foldCase } from './letter-case.ts';
import { accepted, type Parsed, refused } from './parsed.ts';

declare const brand: unique symbol;

/** A natural person's name, tidied (see `parsePersonName`), its letters in the case they were written in. */
export type PersonName = string & { readonly [brand]: 'PersonName' };

/** Characters that are typed and stored for the middle dot (间隔号) of transcribed names; U+00B7 is the right one. */
const MIDDLE_DOTS = /(?: ?[·•・‧∙⋅⸱ꞏ●])+ ?/gu;
/** A full stop stands for a middle dot only between Han characters: `J. Smith` is something else. */
const FULL_STOP_BETWEEN_HAN = /(?<=\p{Script=Han})(?: ?\.)+ ?(?=\p{Script=Han})/gu;
const SPACE_BETWEEN_HAN = /(?<=\p{Script=Han}) (?=\p{Script=Han})/gu;
const APOSTROPHES = /[’‘ʼ`´]/gu;
const HYPHENS = /[‐‑‒–—]/gu;
/** Characters nobody sees, variation selectors of ideographs included. */
const INVISIBLE = /\p{Default_Ignorable_Code_Point}/gu;

/** A surname and at least one character more; the upper bound is that of the carriers' forms with room to spare. */
const SHORTEST = 2;
const LONGEST = 64;
/** `〇` is a number to Unicode and a character of names to people, so Han is named beside the letters. */
const NAME = /^[\p{L}\p{Script=Han}][\p{L}\p{M}\p{Script=Han}' ·.-]*[\p{L}\p{M}\p{Script=Han}.]$/u;

/**
 * Reads a person's name: full-width forms made plain (NFKC), middle dots unified to `·`, spaces between Han characters
 * removed and others collapsed, invisible characters dropped.
 * Refused (`name_invalid`): shorter than 2 or longer than 64 characters, digits, and other characters of no name.
 */
export function parsePersonName(text: string): Parsed<PersonName> {
  const name = tidy(text);
  const length = [...name].length;
  if (length < SHORTEST || length > LONGEST) {
    return refused('name_invalid', `A name has ${SHORTEST} to ${LONGEST} characters`);
  }
  if (!NAME.test(name)) {
    return refused('name_invalid', 'A name has letters, spaces, middle dots, hyphens and apostrophes');
  }
  return accepted(name as PersonName);
}

/**
 * The form in which names are compared and hashed: tidied as by `parsePersonName`, without regard to case.
 * Takes any text, for the other side of a comparison may come from elsewhere; applied twice it changes nothing more.
 */
export function normaliseName(text: string): string {
  return tidy(foldCase(tidy(text)));
}

/** Whether two names are the same but for spelling: width, dots, spaces, case. */
export function sameName(a: string, b: string): boolean {
  return normaliseName(a) === normaliseName(b);
}

function tidy(text: string): string {
  return text
    .normalize('NFKC')
    .replace(INVISIBLE, '')
    .normalize('NFKC')
    .replace(/\s+/gu, ' ')
    .replace(APOSTROPHES, "'")
    .replace(HYPHENS, '-')
    .replace(MIDDLE_DOTS, '·')
    .replace(FULL_STOP_BETWEEN_HAN, '·')
    .replace(SPACE_BETWEEN_HAN, '')
    .trim();
}
