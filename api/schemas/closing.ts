import { z } from 'zod';

/** That a user is to be closed, and what came of it. */
export const closingSchema = z
  .strictObject({
    userId: z.string(),
    status: z.enum(['pending', 'closed', 'refused']),
    reason: z
      .string()
      .nullable()
      .meta({ description: 'Of a refused one the code that the problem would have, as `balance_not_zero`' }),
  })
  .meta({ id: 'Closing' });

/** The example of OpenAPI. */
export const closingExample: z.input<typeof closingSchema> = {
  userId: '0f0c7d1c-54cb-4c52-8c3f-6a8f5f8d2f7e',
  status: 'closed',
  reason: null,
};
