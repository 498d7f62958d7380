import type { Instant } from '../instant.ts';
import type { Joined } from '../joined.ts';
import type { Parsed } from '../parsed.ts';
import { accepted, refused } from '../parsed.ts';

/** What a carrier can report about a number. The names are those of the CloudEvents `type`. */
export const numberEventTypes = [
  'number.cancelled',
  'number.transferred',
  'number.reclaimed',
  'number.reissued',
  'number.ported',
  'number.suspended',
  'number.restored',
  'binding.dissolved',
  'event.retracted',
] as const;

/** One of {@link numberEventTypes}. */
export type NumberEventType = (typeof numberEventTypes)[number];

/**
 * One event of a number's history, as the carrier reported it. The phone itself and the new holder's identity are
 * left out on purpose: the history is kept under the number's key and needs neither.
 */
export interface NumberEvent {
  /** `source:id`: an event is added to a history once under this key. */
  readonly key: string;
  readonly id: string;
  readonly type: NumberEventType;
  /** When it took effect, by the carrier's word. The history is ordered by this. */
  readonly at: Instant;
  /** When Linekeeper acknowledged it. */
  readonly receivedAt: Instant;
  /** The feed that it came by, which is the number's new home for `number.ported`. */
  readonly province: string;
  readonly system: string;
  readonly lineId: string | null;
  /** The join date (入网时间) of the tenancy that the event speaks of, where the carrier gave one. */
  readonly joined: Joined | null;
  /** For `event.retracted`: the id of the event of the same province that was wrong. */
  readonly retracts: string | null;
}

/** The key that an event is counted once by. CloudEvents 1.0: `source` + `id` is unique for each distinct event. */
export const eventKeyOf = ({ source, id }: { source: string; id: string }): string => `${source}:${id}`;

/**
 * At one and the same instant an end comes before a beginning, and a cancellation before its reclaim, so that two
 * events with equal times mean the same in whichever order they arrived.
 */
const rankAtOneInstant: Record<NumberEventType, number> = {
  'number.cancelled': 0,
  'number.reclaimed': 1,
  'number.transferred': 2,
  'number.reissued': 3,
  'number.ported': 4,
  'number.suspended': 5,
  'number.restored': 6,
  'binding.dissolved': 7,
  'event.retracted': 8,
};

/** Each event once, as it came first: what comes later under its key is a repetition, whatever it says. */
export function eachOnce<Event extends NumberEvent>(events: readonly Event[]): Event[] {
  const first = new Map<string, Event>();
  for (const event of events) if (!first.has(event.key)) first.set(event.key, event);
  return [...first.values()];
}

/**
 * The keys of the events that were retracted. CloudEvents ids are unique within a source, so the retraction's own
 * source is looked at first; what another system of the province reported is meant only where that finds nothing.
 */
export function retractedKeys(events: readonly NumberEvent[]): Set<string> {
  const retractions = events.filter(({ type }) => type === 'event.retracted');
  return new Set(
    retractions.flatMap(({ key, id, province, retracts }) => {
      const meant = events.filter((event) => event.province === province && event.id === retracts);
      const own = `${key.slice(0, -id.length)}${retracts}`;
      const ofOwnSource = meant.filter((event) => event.key === own);
      return (ofOwnSource.length > 0 ? ofOwnSource : meant).map((event) => event.key);
    }),
  );
}

/**
 * The events that count: each once, without retractions and what they retract, in the order of their effect. The
 * result depends on the set of events only, never on the order of their arrival.
 */
export function effectiveEvents(events: readonly NumberEvent[]): NumberEvent[] {
  const retracted = retractedKeys(events);
  return eachOnce(events)
    .filter((event) => event.type !== 'event.retracted' && !retracted.has(event.key))
    .sort(
      (a, b) =>
        a.at - b.at || rankAtOneInstant[a.type] - rankAtOneInstant[b.type] || (a.key < b.key ? -1 : 1),
    );
}

/** How far ahead of our clock an event's time may lie: the clocks of two companies differ by minutes at most. */
const aheadAtMost = 5 * 60_000;

/** Checks an event's time against the clock. Refused with `event_time_in_future` when more than 5 minutes ahead. */
export function checkEventTime({ at, now }: { at: Instant; now: Instant }): Parsed<Instant> {
  return at - now > aheadAtMost
    ? refused('event_time_in_future', 'the time lies more than 5 minutes ahead')
    : accepted(at);
}
