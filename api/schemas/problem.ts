import { z } from 'zod';

/** RFC 9457, with a stable `code`, and `errors` for a bad request. */
export const problemSchema = z
  .object({
    type: z.string().meta({ description: 'A URN that names the kind of problem' }),
    title: z.string(),
    status: z.int(),
    detail: z.string(),
    code: z.string().meta({ description: 'Stable, in snake case: what programs go by' }),
    errors: z
      .array(
        z.object({
          pointer: z.string().optional().meta({ description: 'JSON Pointer (RFC 6901) into the body' }),
          parameter: z.string().optional().meta({ description: 'Name of a path, query or header parameter' }),
          message: z.string(),
          id: z.string().optional().meta({ description: 'The id of the event, in a batch of events' }),
        }),
      )
      .optional(),
  })
  .meta({ id: 'Problem' });
