import { z } from 'zod';
import { type DurationMs, dayOf, type Instant, parseDay, parseInstant } from '../../domain/instant.ts';
import type { Joined } from '../../domain/joined.ts';
import type { CarrierAnswer, LineRecord, LineStatus } from '../gateway.ts';
import { parsedText } from '../parsed-text.ts';
import { cannotSay, type DialectSystem } from './dialect.ts';

/** How far a system's clock may be ahead of ours, as for the times of its events. */
const CLOCK_TOLERANCE: DurationMs = 300_000;

const day = parsedText(parseDay);
const instant = parsedText(parseInstant);

/** The three ways to say when a tenancy began; exactly one of them, hence strict. */
const tenancySchema = z.union([
  z
    .strictObject({ joinedAt: instant })
    .transform(({ joinedAt }): Joined => ({ precision: 'second', at: joinedAt })),
  z
    .strictObject({ joinedOn: day })
    .transform(({ joinedOn }): Joined => ({ precision: 'day', day: joinedOn })),
  z
    .strictObject({ joinedFrom: day, joinedTo: day })
    .transform(
      ({ joinedFrom, joinedTo }): Joined => ({ precision: 'months', from: joinedFrom, to: joinedTo }),
    ),
]);

/** The reply to `lines/query`. What it has beyond that is left out: a province may tell others more. */
export const lineSchema = z
  .object({
    lineId: z.string().min(1).max(128),
    status: z.enum(['in-use', 'suspended', 'frozen', 'not-in-use']),
    portedIn: z.boolean(),
    tenancy: tenancySchema.nullable(),
  })
  .transform(({ tenancy, ...line }): LineRecord => ({ ...line, joined: tenancy }));

/** The record as an answer, unless it contradicts itself, the calendar, or what the registry says of the system. */
export function lineRecordFrom(line: LineRecord, system: DialectSystem): CarrierAnswer<LineRecord> {
  const { joinDate } = system.capabilities;
  const contradictory =
    line.joined === null
      ? joinDate !== 'absent' && isHeld(line.status)
      : line.joined.precision !== joinDate ||
        !isHeld(line.status) ||
        isImpossible({ joined: line.joined, now: Date.now(), timeZone: system.timeZone });
  return contradictory ? cannotSay('answer-contradictory') : { kind: 'answer', value: line };
}

function isHeld(status: LineStatus): boolean {
  return status === 'in-use' || status === 'suspended';
}

/** A join date in the future would make every claim look recycled, and a band that ends before it begins, anything. */
function isImpossible({
  joined,
  now,
  timeZone,
}: {
  joined: Joined;
  now: Instant;
  timeZone: string;
}): boolean {
  const latest = now + CLOCK_TOLERANCE;
  switch (joined.precision) {
    case 'second':
      return joined.at > latest;
    case 'day':
      return joined.day > dayOf(latest, timeZone);
    case 'months':
      return joined.from > joined.to || joined.from > dayOf(latest, timeZone);
  }
}
