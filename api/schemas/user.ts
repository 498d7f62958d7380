import { z } from 'zod';

/** A payment user, as callers see it. */
export const userSchema = z
  .strictObject({
    userId: z.string(),
    status: z.enum(['open', 'closed']),
    nickname: z.string().nullable(),
    email: z.string().nullable().meta({ description: 'Masked' }),
    phone: z.string().nullable().meta({ description: 'The login phone, masked; null without one' }),
    realName: z.enum(['none', 'declared', 'verified']).meta({
      description:
        '`declared`: the user told an identity; `verified`: a carrier confirmed it, or an import vouched for it',
    }),
    accounts: z.array(
      z.strictObject({
        accountId: z.string(),
        kind: z.enum(['balance', 'redPackets', 'points']),
        balanceFen: z.int().meta({ description: 'In fen; of `points`, their number' }),
      }),
    ),
    binding: z
      .strictObject({ bindingId: z.string(), status: z.string(), services: z.array(z.string()) })
      .nullable(),
  })
  .meta({ id: 'User' });

/** The example of OpenAPI. */
export const userExample: z.input<typeof userSchema> = {
  userId: '0f0c7d1c-54cb-4c52-8c3f-6a8f5f8d2f7e',
  status: 'open',
  nickname: '小李',
  email: 'x***@example.com',
  phone: '+86138****8000',
  realName: 'verified',
  accounts: [{ accountId: '8d8ac610-566d-4ef0-9c22-186b2a5ed793', kind: 'balance', balanceFen: 12_300 }],
  binding: null,
};
