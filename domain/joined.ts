import { type Day, daySpan, type Instant } from './instant.ts';

/**
 * A carrier's join date (入网时间), as precisely as that carrier knows it.
 *
 * - `second`: the instant itself.
 * - `day`: some time on that day in the carrier's time zone.
 * - `months`: some time from the first to the last day of a band, both included, in the carrier's time zone.
 */
export type Joined =
  | { precision: 'second'; at: Instant }
  | { precision: 'day'; day: Day }
  | { precision: 'months'; from: Day; to: Day };

/** A stretch of time: `from` belongs to it, `until` does not. */
export type Span = { from: Instant; until: Instant };

/** A carrier that answers "to the second" may have cut off the milliseconds. */
const SECOND_MS = 1_000;

/**
 * The span in which the joining lies, `from` included and `until` excluded.
 * `timeZone` is the carrier's (IANA name): a day there is not a day in UTC.
 */
export function joinedSpan(joined: Joined, timeZone: string): Span {
  switch (joined.precision) {
    case 'second': {
      const from = Math.floor(joined.at / SECOND_MS) * SECOND_MS;
      return { from, until: from + SECOND_MS };
    }
    case 'day':
      return daySpan(joined.day, timeZone);
    case 'months':
      return { from: daySpan(joined.from, timeZone).from, until: daySpan(joined.to, timeZone).until };
  }
}

/**
 * Whether two answers name the same join date in the same precision. Answers of different precision are never the
 * same, even where one lies within the other: that they agree is not known.
 */
export function sameJoined(a: Joined, b: Joined): boolean {
  switch (a.precision) {
    case 'second':
      return b.precision === 'second' && Math.floor(a.at / SECOND_MS) === Math.floor(b.at / SECOND_MS);
    case 'day':
      return b.precision === 'day' && a.day === b.day;
    case 'months':
      return b.precision === 'months' && a.from === b.from && a.to === b.to;
  }
}
