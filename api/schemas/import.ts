import { z } from 'zod';
import { time } from './primitives.ts';

/** What a caller gets for an import that was received. */
export const acceptedImportSchema = z.strictObject({ importId: z.string() }).meta({ id: 'AcceptedImport' });

/** An import, as its caller sees it. */
export const importSchema = z
  .strictObject({
    importId: z.string(),
    status: z.enum(['running', 'completed', 'failed']),
    read: z.int().meta({ description: 'Lines received, blank ones left out' }),
    imported: z.int().meta({ description: 'Lines that became users so far' }),
    rejected: z
      .int()
      .meta({ description: 'Lines that did not, so far; `read` when done is the sum of both' }),
    reason: z.string().nullable().meta({
      description:
        'Why it failed: `gave_up` (a part could not be done for a day), `cancelled` (by an operator), `lines_missing`, `lines_unreadable`; null otherwise',
    }),
    receivedAt: time,
    settledAt: time.nullable().meta({ description: 'When it ended' }),
  })
  .meta({ id: 'Import' });

/** The example of OpenAPI. */
export const importExample: z.input<typeof importSchema> = {
  importId: '1d8f9a54-2f5b-4b0e-8f2e-0a6f4f4f9a11',
  status: 'running',
  read: 120_000,
  imported: 39_871,
  rejected: 129,
  reason: null,
  receivedAt: '2026-11-24T08:00:00Z',
  settledAt: null,
};
