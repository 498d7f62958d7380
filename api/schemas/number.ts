import { z } from 'zod';
import { numberKeyText, time } from './primitives.ts';

/** The states of a number, as callers see them. */
export const numberStates = ['in-use', 'suspended', 'frozen', 'reassignable', 'unknown'] as const;

const tenancy = z
  .strictObject({
    joinedAt: z.string().nullable().meta({
      description:
        'The join date (入网时间) as precisely as it is known: RFC 3339, or a day in the zone of the province; null where it was never told',
    }),
    endedAt: time.nullable(),
    endReason: z.enum(['cancelled', 'transferred', 'reissued']).nullable(),
    source: z.string().meta({ description: 'The feed that told of it, `province/system`' }),
  })
  .meta({ id: 'Tenancy' });

const claim = z
  .strictObject({
    claimId: z.string(),
    userId: z.string(),
    state: z.enum(['active', 'suspended']),
    claimedAt: time,
  })
  .meta({ id: 'Claim' });

const shape = {
  phone: z.string().meta({ description: 'Masked' }),
  numberKey: numberKeyText,
  province: z.string(),
  system: z.string(),
  state: z.enum(numberStates).meta({
    description:
      '`suspended` (停机): somebody holds it; `frozen`: cancelled, nobody does; `reassignable`: the freeze is over, it was not reissued yet; `unknown`: nothing was reported or asked yet',
  }),
  tenancy: tenancy.nullable(),
  freezeEndsAt: time.nullable(),
  claim: claim
    .nullable()
    .meta({ description: 'Whose login phone it is now; a released claim is on the timeline' }),
  binding: z
    .strictObject({ bindingId: z.string(), status: z.string() })
    .nullable()
    .meta({ description: 'The live binding made on the claim' }),
};

/** One number, as it stands in lists. */
export const listedNumberSchema = z.strictObject(shape).meta({ id: 'ListedNumber' });

/** One number with the workflow that looks after it. */
export const numberSchema = z
  .strictObject({
    ...shape,
    workflow: z
      .strictObject({
        id: z.string(),
        status: z.string().meta({
          description:
            '`running`, `completed`, `terminated` …; `unknown` while the workflow server does not answer',
        }),
      })
      .nullable()
      .meta({ description: 'What looks after the number; null while nothing had to be done for it' }),
  })
  .meta({ id: 'Number' });

/** What was reported, asked, decided and done about a number. */
export const timelineSchema = z
  .strictObject({
    items: z.array(
      z.strictObject({
        at: time,
        kind: z.enum(['event', 'verdict', 'decision', 'effect']),
        code: z.string(),
        text: z.strictObject({ zh: z.string(), en: z.string() }),
        actor: z
          .string()
          .meta({ description: '`linekeeper`, `carrier:<province>/<system>`, or who decided' }),
        details: z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()])),
      }),
    ),
  })
  .meta({ id: 'Timeline' });

/** The example of OpenAPI. */
export const numberExample: z.input<typeof numberSchema> = {
  phone: '+86138****8000',
  numberKey: 'n1_3q2-7wAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA',
  province: 'sichuan',
  system: 'mobile-5g',
  state: 'frozen',
  tenancy: {
    joinedAt: '2024-03-01T02:00:00Z',
    endedAt: '2026-11-20T08:00:00Z',
    endReason: 'cancelled',
    source: 'sichuan/mobile-5g',
  },
  freezeEndsAt: '2027-02-18T19:12:00Z',
  claim: {
    claimId: '5b0e8a54-5a3b-4a0e-9a64-0b4d6f1f3c11',
    userId: '0f0c7d1c-54cb-4c52-8c3f-6a8f5f8d2f7e',
    state: 'suspended',
    claimedAt: '2024-03-05T10:00:00Z',
  },
  binding: null,
  workflow: { id: 'number:n1_3q2-7wAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA', status: 'running' },
};
