import { z } from 'zod';
import { parseDay, parseInstant } from '../../domain/instant.ts';
import type { Joined } from '../../domain/joined.ts';
import { numberEventTypes } from '../../domain/number/event.ts';
import { accepted, type Parsed, refused } from '../../domain/parsed.ts';
import { parsedText } from '../validation.ts';
import { phoneField } from './primitives.ts';

/** The most events of one call. */
export const mostEvents = 1_000;

/**
 * Lengths are bounded so that a full batch, rewritten into our own form with `source:id` as key, stays below the 2 MB
 * that Temporal takes as one payload. Carriers' ids are UUIDs or serial numbers.
 */
const longestId = 128;
const longestSource = 256;
const longestLineId = 64;
const longestText = 256;

/** No control, invisible, unpaired or unassigned characters, and no line breaks: ids go into keys, logs and screens. */
const READABLE = /^[^\p{C}\p{Zl}\p{Zp}]+$/u;

/** A URI reference (RFC 3986) is ASCII without spaces. */
const URI_REFERENCE = /^[\x21-\x7e]+$/;

const readable = (longest: number) =>
  z
    .string()
    .min(1, 'Must not be empty')
    .max(longest, `At most ${longest} characters`)
    // Not as a pattern: OpenAPI's patterns have no flags.
    .refine((text) => READABLE.test(text), 'Must have readable characters only');

/** A whole number that JSON and JavaScript agree on. */
const WHOLE_NUMBER = /^(0|[1-9]\d{0,14})$/;

/** The CloudEvents extension "sequence" with `sequencetype` "Integer": by its specification a string. */
const sequence = z
  .union([z.string().regex(WHOLE_NUMBER), z.int().min(0)], {
    error: 'A whole number from 0 on, as text or number',
  })
  .transform(Number)
  .meta({ description: "Position in the system's feed, without gaps", example: '4711' });

function parseJoined(text: string): Parsed<Joined> {
  const day = parseDay(text);
  if (day.ok) return accepted({ precision: 'day', day: day.value });
  const instant = parseInstant(text);
  return instant.ok
    ? accepted({ precision: 'second', at: instant.value })
    : refused('joined_invalid', 'Neither an RFC 3339 time with offset nor a date, or none that exists');
}

/** CloudEvents 1.0 §3 and the extensions "sequence" and "distributed tracing". */
const attributes = {
  specversion: z.literal('1.0', 'Must be "1.0"'),
  id: readable(longestId).meta({
    description: 'Unique within `source`',
    example: 'a9c1e9a2-0f57-4d43-8d0c-2a6f5c2b1e11',
  }),
  source: z
    .string()
    .min(1, 'Must not be empty')
    .max(longestSource, `At most ${longestSource} characters`)
    .regex(URI_REFERENCE, 'Must be a URI reference')
    .meta({ example: '/carriers/sichuan/mobile-5g' }),
  time: parsedText(
    parseInstant,
    z.string().meta({
      description: 'When it took effect; RFC 3339 with offset, at most 5 minutes ahead',
      format: 'date-time',
      example: '2026-11-24T16:00:00+08:00',
    }),
  ),
  sequence: sequence.optional(),
  sequencetype: z.literal('Integer', 'Must be "Integer"').optional(),
  datacontenttype: z.literal('application/json', 'Must be "application/json"').optional(),
  dataschema: z.string().max(longestText).regex(URI_REFERENCE, 'Must be a URI').optional(),
  subject: readable(longestText).optional(),
  traceparent: readable(longestText).optional(),
  tracestate: readable(longestText).optional(),
};

const lineId = readable(longestLineId).meta({
  description: 'The line (通信用户) in the system',
  example: 'L-20931',
});

/** What isn't used isn't judged: a strange name or ID number must not keep a report out. It is not kept either. */
const identity = z
  .strictObject({ name: readable(longestText), idNumber: readable(longestId) })
  .meta({ description: 'The new holder' });

const reportTypes = numberEventTypes.filter((type) => type !== 'event.retracted');

const report = z
  .strictObject({
    ...attributes,
    type: z.enum(reportTypes),
    data: z.strictObject({
      phone: phoneField,
      lineId,
      joinedAt: parsedText(
        parseJoined,
        z.string().meta({
          description: 'Join date (入网时间): RFC 3339, or a day in the zone of the province',
          example: '2026-11-24T16:00:00+08:00',
        }),
      ).optional(),
      identity: identity.optional(),
    }),
  })
  .meta({ id: 'NumberEvent' });

const retraction = z
  .strictObject({
    ...attributes,
    type: z.literal('event.retracted'),
    data: z.strictObject({
      phone: phoneField,
      eventId: readable(longestId).meta({ description: 'The `id` of the event that was wrong' }),
      lineId: lineId.optional(),
    }),
  })
  .meta({ id: 'EventRetraction' });

const heartbeat = z
  .strictObject({ ...attributes, type: z.literal('feed.heartbeat'), data: z.strictObject({}).optional() })
  .meta({ id: 'FeedHeartbeat' });

/** One event of a province system. */
export const carrierEventSchema = z.discriminatedUnion('type', [report, retraction, heartbeat]);

/** An event whose form was checked. */
export type CarrierEvent = z.output<typeof carrierEventSchema>;

/** The body of a call: one event, or an array of them. */
export const carrierEventsSchema = z.union([carrierEventSchema, z.array(carrierEventSchema).max(mostEvents)]);

/** The answer to a call. */
export const acceptedSchema = z
  .strictObject({ accepted: z.int().meta({ description: 'How many events were in the call' }) })
  .meta({ id: 'AcceptedEvents' });
