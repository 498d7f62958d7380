import { z } from 'zod';
import { formatInstant } from '../../domain/instant.ts';
import { noteView } from '../audit-trail.ts';
import { createCursors } from '../cursor.ts';
import type { ApiDependencies } from '../dependencies.ts';
import { type Route, route } from '../route.ts';
import { auditRecordSchema } from '../schemas/audit.ts';
import { cursorParameter, instantParameter, limitParameter, nextCursor } from '../schemas/primitives.ts';

/** The last record of a page. */
const cursors = createCursors(z.strictObject({ recordId: z.string() }));

/** Who looked at what. */
export function auditRoutes({ store }: Pick<ApiDependencies, 'store'>): Route[] {
  return [
    route({
      method: 'get',
      path: '/v1/audit',
      id: 'listAudit',
      tag: 'Audit',
      summary: 'Who looked at or did what, newest first',
      description: 'Records are sealed in a hash chain by batches. Reading them is noted too.',
      access: { kind: 'token', scope: 'audit:read' },
      query: z.strictObject({
        subject: z.string().optional().meta({ description: "A number's key, or a user's id" }),
        actor: z.string().optional().meta({ description: "A token's subject" }),
        from: instantParameter.optional(),
        to: instantParameter.optional().meta({ description: 'Before this time; RFC 3339 with offset' }),
        cursor: cursorParameter.optional(),
        limit: limitParameter,
      }),
      responses: {
        200: {
          description: 'A page of records',
          schema: z
            .strictObject({ items: z.array(auditRecordSchema), nextCursor })
            .meta({ id: 'AuditRecords' }),
        },
      },
      problems: ['cursor_invalid'],
    }).handle(async ({ query: { cursor, limit, ...filters }, caller, correlator, receivedAt }) => {
      const after = cursor === undefined ? undefined : cursors.read(cursor, filters).recordId;
      const [records, sealedThrough] = await Promise.all([
        store.audit.list({ ...filters, cursor: after, limit: limit + 1 }),
        store.audit.sealedThrough(),
      ]);
      const page = records.slice(0, limit);
      await noteView(store.audit, {
        caller,
        action: 'audit.read',
        subject: 'audit',
        correlator,
        at: receivedAt,
        details: { count: page.length },
      });
      const last = page.at(-1);
      return {
        status: 200,
        body: {
          items: page.map((record) => ({
            ...record,
            at: formatInstant(record.at),
            sealed: record.recordId <= sealedThrough,
          })),
          nextCursor:
            last && records.length > limit ? cursors.write({ recordId: last.recordId }, filters) : null,
        },
      };
    }),
  ];
}
