import { type Day, parseDay } from './instant.ts';
import { accepted, type Parsed, refused } from './parsed.ts';

declare const brand: unique symbol;

/** A citizen's ID number (公民身份号码) of GB 11643-1999: 18 characters, its check character valid, `X` in upper case. */
export type IdNumber = string & { readonly [brand]: 'IdNumber' };

/**
 * The first two digits of the administrative division codes of GB/T 2260, and 83, which the residence permits of
 * people from Taiwan carry. The division may since have been dissolved, so no finer check would be right.
 */
const PROVINCES = new Set(
  [
    ['11', '12', '13', '14', '15'],
    ['21', '22', '23'],
    ['31', '32', '33', '34', '35', '36', '37'],
    ['41', '42', '43', '44', '45', '46'],
    ['50', '51', '52', '53', '54'],
    ['61', '62', '63', '64', '65'],
    ['71', '81', '82', '83'],
  ].flat(),
);

/** GB 11643-1999 §4.3 (ISO 7064 MOD 11-2): the weights of the first 17 digits, and the character for each remainder. */
const WEIGHTS = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2] as const;
const CHECK_CHARACTERS = '10X98765432';

/** Nobody older holds a number: they were introduced in the 1980s, and nobody has lived that long. */
const FIRST_BIRTHDAY: Day = '1900-01-01';

/**
 * Reads an ID number as it is known on `today`, which bounds the birthday (a day in China).
 * Refused: `id_number_15_digits` for the form of before 1999, which is no longer valid and has no check character;
 * otherwise `id_number_invalid`.
 */
export function parseIdNumber(text: string, today: Day): Parsed<IdNumber> {
  if (/^\d{15}$/.test(text)) {
    return refused(
      'id_number_15_digits',
      'An ID number of 15 digits is no longer valid; 18 characters are needed',
    );
  }
  const number = text.toUpperCase();
  if (!/^\d{17}[\dX]$/.test(number)) {
    return refused('id_number_invalid', 'Not 17 digits and a check character');
  }
  if (!PROVINCES.has(number.slice(0, 2))) {
    return refused('id_number_invalid', 'Its region does not exist');
  }
  const birthday = birthdayIn(number);
  if (!parseDay(birthday).ok || birthday < FIRST_BIRTHDAY || birthday > today) {
    return refused('id_number_invalid', 'Its birthday cannot be');
  }
  if (checkCharacter(number) !== number[17]) {
    return refused('id_number_invalid', 'Its check character is wrong');
  }
  return accepted(number as IdNumber);
}

/** The birthday in an ID number, a day in China. */
export function birthDayOf(idNumber: IdNumber): Day {
  return birthdayIn(idNumber);
}

/** Full years (周岁) on a day: one more on each birthday, and on 1 March where 29 February is missing. */
export function ageOn(idNumber: IdNumber, day: Day): number {
  const birthday = birthdayIn(idNumber);
  const years = Number(day.slice(0, 4)) - Number(birthday.slice(0, 4));
  return day.slice(5) < birthday.slice(5) ? years - 1 : years;
}

function birthdayIn(number: string): Day {
  return `${number.slice(6, 10)}-${number.slice(10, 12)}-${number.slice(12, 14)}`;
}

function checkCharacter(number: string): string | undefined {
  const sum = WEIGHTS.reduce((total, weight, place) => total + weight * Number(number[place]), 0);
  return CHECK_CHARACTERS[sum % 11];
}
