import { z } from 'zod';
import { parseInstant } from '../../domain/instant.ts';
import { parsePhoneNumber } from '../../domain/phone-number.ts';
import { parsedText } from '../validation.ts';

/** A phone number in a request body: E.164 of +86, mobile or fixed. */
export const phoneField = parsedText(
  parsePhoneNumber,
  z.string().meta({ description: 'Mobile or fixed-line number of +86 in E.164', example: '+8613800138000' }),
);

/** An RFC 3339 time with its offset, in a query. */
export const instantParameter = parsedText(
  parseInstant,
  z.string().meta({
    description: 'RFC 3339 with offset; encode a `+` as `%2B`',
    format: 'date-time',
    example: '2026-11-24T08:00:00Z',
  }),
);

/** An RFC 3339 time in an answer. */
export const time = z.string().meta({ format: 'date-time', example: '2026-11-24T08:00:00Z' });

/** The name of a number where its digits must not stand. */
export const numberKeyText = z.string().meta({
  description: "Keyed hash of the number, with its key's id",
  example: 'n1_3q2-7wAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA',
});

/** Enough for a screen; a machine asks for more. */
const perPage = 50;

/** How many items a page has: 1 to 200, for each costs a fold of its history. */
export const limitParameter = z
  .string()
  .regex(/^([1-9]\d?|1\d\d|200)$/, 'A whole number from 1 to 200')
  .transform(Number)
  .prefault(String(perPage))
  .meta({ description: 'How many items a page has: 1 to 200', default: String(perPage) });

/** Where the page before ended, as it was given there. */
export const cursorParameter = z
  .string()
  .meta({ description: '`nextCursor` of the page before; good only with the same filters' });

/** Where the next page goes on; null after the last. */
export const nextCursor = z
  .string()
  .nullable()
  .meta({ description: 'For the next page; null after the last' });

/** How long a caller waits for an outcome, in seconds at most 20: proxies cut what is silent for longer. In milliseconds. */
export const waitParameter = z
  .string()
  .regex(/^(\d|1\d|20)$/, 'A whole number from 0 to 20')
  .transform((seconds) => Number(seconds) * 1_000)
  .prefault('0')
  .meta({ description: 'Seconds to wait for the outcome: 0 to 20', default: '0' });
