import { Temporal } from 'temporal-polyfill';
import { accepted, type Parsed, refused } from './parsed.ts';

/** Milliseconds since 1970-01-01T00:00:00Z. */
export type Instant = number;

/** A length of time in milliseconds. */
export type DurationMs = number;

/**
 * A calendar day, `YYYY-MM-DD`, that means something only with a time zone beside it. Days compare as strings.
 */
export type Day = string;

/** RFC 3339 §5.6 `date-time`. A leap second is left out: neither `Instant` nor any clock of ours can hold it. */
const RFC_3339 = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:[0-5]\d(\.\d{1,9})?(Z|[+-]\d{2}:\d{2})$/i;
const CALENDAR_DAY = /^\d{4}-\d{2}-\d{2}$/;
/** ISO 8601 durations without the parts whose length depends on the calendar. */
const DURATION = /^P(?=[\dT])(\d+W)?(\d+D)?(T(?=\d)(\d+H)?(\d+M)?(\d+(\.\d{1,9})?S)?)?$/;
const DAY_MS: DurationMs = 86_400_000;

/**
 * Reads an RFC 3339 time with its offset. What lies below a millisecond is cut off.
 * Refused (`instant_invalid`): other forms, no offset, and dates that no calendar has.
 */
export function parseInstant(text: string): Parsed<Instant> {
  if (!RFC_3339.test(text)) {
    return refused('instant_invalid', 'Not an RFC 3339 time with seconds and an offset');
  }
  try {
    return accepted(Temporal.Instant.from(text).epochMilliseconds);
  } catch {
    return refused('instant_invalid', 'No such date, time or offset');
  }
}

/** Writes an instant in RFC 3339, in UTC with `Z`; milliseconds only where there are any. */
export function formatInstant(instant: Instant): string {
  return new Date(instant).toISOString().replace('.000Z', 'Z');
}

/** Reads a calendar day `YYYY-MM-DD`. Refused (`day_invalid`): other forms and days that no calendar has. */
export function parseDay(text: string): Parsed<Day> {
  if (!CALENDAR_DAY.test(text)) {
    return refused('day_invalid', 'Not a date of the form YYYY-MM-DD');
  }
  try {
    Temporal.PlainDate.from(text);
    return accepted(text);
  } catch {
    return refused('day_invalid', 'No such date');
  }
}

/** The day that it is at an instant in a time zone (IANA name). Throws a `RangeError` for an unknown time zone. */
export function dayOf(instant: Instant, timeZone: string): Day {
  return Temporal.Instant.fromEpochMilliseconds(instant)
    .toZonedDateTimeISO(timeZone)
    .toPlainDate()
    .toString();
}

/**
 * The instants of a day in a time zone (IANA name): `from` belongs to it, `until` is the first of the next day.
 * Where clocks change that isn't 24 hours. Throws a `RangeError` for an unknown time zone.
 */
export function daySpan(day: Day, timeZone: string): { from: Instant; until: Instant } {
  const date = Temporal.PlainDate.from(day);
  return {
    from: date.toZonedDateTime(timeZone).epochMilliseconds,
    until: date.add({ days: 1 }).toZonedDateTime(timeZone).epochMilliseconds,
  };
}

/** The day that many days later, or earlier for a negative number. */
export function addDays(day: Day, days: number): Day {
  return Temporal.PlainDate.from(day).add({ days }).toString();
}

/**
 * Reads an ISO 8601 duration longer than nothing. A day is 24 hours and a week 7 days.
 * Refused (`duration_invalid`): months and years, whose length depends on the calendar, signs, and zero.
 */
export function parseDuration(text: string): Parsed<DurationMs> {
  if (!DURATION.test(text)) {
    return refused('duration_invalid', 'Not an ISO 8601 duration in weeks, days, hours, minutes and seconds');
  }
  const { weeks, days, hours, minutes, seconds, milliseconds } = Temporal.Duration.from(text);
  const length =
    (weeks * 7 + days) * DAY_MS + hours * 3_600_000 + minutes * 60_000 + seconds * 1_000 + milliseconds;
  if (length <= 0 || !Number.isSafeInteger(length)) {
    return refused('duration_invalid', 'A duration must be at least a millisecond, and countable in them');
  }
  return accepted(length);
}
