import { z } from 'zod';
import { MOST_FEN } from '../../domain/money.ts';
import { time } from './primitives.ts';

/**
 * What a caller may say of where money came from: a word or two, and no number of a card, a phone or a person, for
 * entries are kept for good and in clear.
 */
const source = z
  .string()
  .min(1)
  .max(64)
  .regex(/^[\p{L}\p{N}\p{P}\p{S} ]*$/u, 'Letters, digits, signs and spaces only')
  .refine(
    (text) => !/\d(?:[ -]?\d){7}/.test(text),
    'Too many digits in a row: no numbers of cards, phones or persons',
  )
  .meta({ description: 'Where the money comes from, as `bank-card`', example: 'bank-card' });

/** A top-up. */
export const topUpSchema = z
  .strictObject({
    amountFen: z.int().min(1).max(MOST_FEN).meta({ example: 5_000 }),
    source,
  })
  .meta({ id: 'TopUp' });

const kinds = ['import', 'registration', 'top-up', 'closing'] as const;

/** A movement of money or points, as it is on one account. */
export const entrySchema = z
  .strictObject({
    entryId: z.string(),
    at: time,
    kind: z.enum(kinds).meta({ description: '`closing`: points that lapsed when the user was closed' }),
    amountFen: z
      .int()
      .meta({ description: 'In fen, of points their number; negative where it left the account' }),
    source: z.string().nullable().meta({ description: 'What was said of a top-up; null of anything else' }),
  })
  .meta({ id: 'AccountEntry' });

/** The entry of a top-up, with what is on the account since. */
export const toppedUpSchema = entrySchema
  .extend({
    accountId: z.string(),
    balanceFen: z.int().meta({ description: 'What is on the account now, in fen' }),
  })
  .meta({ id: 'ToppedUp' });

/** The example of OpenAPI. */
export const entryExample: z.input<typeof entrySchema> = {
  entryId: '2b1f6c1e-2f2b-8c55-9d3a-0a7a3a5a6f11',
  at: '2026-11-24T08:00:00Z',
  kind: 'top-up',
  amountFen: 5_000,
  source: 'bank-card',
};

/** The example of OpenAPI. */
export const toppedUpExample: z.input<typeof toppedUpSchema> = {
  ...entryExample,
  accountId: '8d8ac610-566d-4ef0-9c22-186b2a5ed793',
  balanceFen: 17_300,
};
