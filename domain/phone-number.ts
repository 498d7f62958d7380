import { parsePhoneNumberFromString } from 'libphonenumber-js/max';
import { accepted, type Parsed, refused } from './parsed.ts';

declare const brand: unique symbol;

/** A telephone number (号码) of mainland China in E.164, `+86…`: mobile or fixed-line, never anything else. */
export type PhoneNumber = string & { readonly [brand]: 'PhoneNumber' };

/** What a number reaches: a mobile phone or a fixed line. */
export type PhoneKind = 'mobile' | 'fixed';

/** E.164 and nothing around it: one way of writing a number, so that equal numbers are equal strings. */
const E164_CHINA = /^\+86\d{7,12}$/;

/**
 * Reads a phone number written in E.164. Which ranges exist is taken from Google's libphonenumber.
 * Refused (`phone_invalid`): spaces, other countries, short codes, service numbers (400…), ranges nobody assigned.
 */
export function parsePhoneNumber(text: string): Parsed<PhoneNumber> {
  if (!E164_CHINA.test(text) || kindOf(text) === null) {
    return refused('phone_invalid', 'Not a mobile or fixed-line number of +86 in E.164');
  }
  return accepted(text as PhoneNumber);
}

/** Whether a number is a mobile one or a fixed line. */
export function phoneKind(phone: PhoneNumber): PhoneKind {
  return kindOf(phone) === 'fixed' ? 'fixed' : 'mobile';
}

function kindOf(text: string): PhoneKind | null {
  const number = parsePhoneNumberFromString(text);
  // The library forgives a trunk "0" after the country code; such a text is another spelling, not E.164.
  if (number === undefined || number.number !== text || number.country !== 'CN') {
    return null;
  }
  // Only a valid number has a type; to ask for both would do the same search twice.
  switch (number.getType()) {
    case 'MOBILE':
      return 'mobile';
    case 'FIXED_LINE':
      return 'fixed';
    default:
      return null;
  }
}
