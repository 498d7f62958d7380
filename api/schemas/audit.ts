import { z } from 'zod';
import { time } from './primitives.ts';

/** One record of the audit. */
export const auditRecordSchema = z
  .strictObject({
    recordId: z.string(),
    at: time,
    actor: z.string().meta({ description: "The token's subject" }),
    action: z.string().meta({ example: 'number.viewed' }),
    subject: z.string().meta({ description: "A number's key, a user's id, or the name of a list" }),
    details: z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()])),
    correlator: z.string(),
    sealed: z.boolean().meta({
      description:
        'Whether it is in the hash chain already: records are sealed in batches, some minutes later',
    }),
  })
  .meta({ id: 'AuditRecord' });
