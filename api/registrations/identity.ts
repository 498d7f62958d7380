import { ageOn, type IdNumber, parseIdNumber } from '../../domain/id-number.ts';
import { dayOf, type Instant } from '../../domain/instant.ts';
import { Problem } from '../problem.ts';

/** Personal Information Protection Law of the PRC, §31: what is kept of children under 14 needs their parents. */
const youngest = 14;

/**
 * Reads the ID number that somebody declares, on this day in China; `pointer` says where it stands in the body. Throws
 * the `Problem`s `id_number_invalid`, also for the form of before 1999, and `under_age`.
 */
export function readDeclaredIdNumber(
  text: string,
  { now, pointer }: { now: Instant; pointer: string },
): IdNumber {
  const today = dayOf(now, 'Asia/Shanghai');
  const parsed = parseIdNumber(text, today);
  if (!parsed.ok) {
    throw new Problem('id_number_invalid', { errors: [{ pointer, message: parsed.detail }] });
  }
  if (ageOn(parsed.value, today) < youngest) {
    throw new Problem('under_age', { errors: [{ pointer, message: `Under ${youngest} years of age` }] });
  }
  return parsed.value;
}
