import { z } from 'zod';
import { asNumberKey, type NumberKey } from '../../domain/ids.ts';
import type { PhoneNumber } from '../../domain/phone-number.ts';
import type { NumberRecord } from '../../store/numbers.ts';
import { numberLifeWorkflowId } from '../../workflows/number/contract.ts';
import type { Access } from '../access.ts';
import { noteView } from '../audit-trail.ts';
import { jsonBody } from '../body-spec.ts';
import { createCursors } from '../cursor.ts';
import type { ApiDependencies } from '../dependencies.ts';
import { Problem } from '../problem.ts';
import { type Route, route } from '../route.ts';
import {
  listedNumberSchema,
  numberExample,
  numberSchema,
  numberStates,
  timelineSchema,
} from '../schemas/number.ts';
import {
  cursorParameter,
  instantParameter,
  limitParameter,
  nextCursor,
  numberKeyText,
  phoneField,
} from '../schemas/primitives.ts';
import { type NumberView, numberView, withAnswers } from '../views/number-view.ts';
import { timelineView } from '../views/timeline-view.ts';

const access = { kind: 'token', scope: 'numbers:read' } as const satisfies Access;
const tag = 'Numbers';
const params = z.strictObject({ numberKey: numberKeyText });

/** Where a page of numbers ended. */
const cursors = createCursors(z.strictObject({ freezeEndsAt: z.int().nullable(), numberKey: z.string() }));

const positionOf = ({ freezeEndsAt, numberKey }: NumberRecord) => ({ freezeEndsAt, numberKey });

type Dependencies = Pick<ApiDependencies, 'store' | 'workflows' | 'registry' | 'routing' | 'hasher' | 'now'>;

/** What can be seen of numbers. They are looked up by POST, so that no phone number stands in a URL. */
export function numberRoutes(dependencies: Dependencies): Route[] {
  const { store, workflows, registry, now } = dependencies;

  const viewed = async (record: NumberRecord): Promise<NumberView> => {
    const claims = await store.claims.find(record.numberKey);
    return withAnswers(numberView({ record, claims, registry, now: now() }), claims?.claim ?? null);
  };

  const shown = async (record: NumberRecord) => {
    const id = numberLifeWorkflowId(record.numberKey);
    const [view, status] = await Promise.all([viewed(record), workflows.statusOf(id)]);
    return { ...view, workflow: status === null ? null : { id, status } };
  };

  const found = async (numberKey: string): Promise<NumberRecord> => {
    const record = await store.numbers.find(asNumberKey(numberKey));
    if (!record) throw new Problem('number_not_found');
    return record;
  };

  return [
    route({
      method: 'post',
      path: '/v1/number-lookups',
      id: 'lookUpNumber',
      tag,
      summary: 'Look a number up',
      description:
        'From then on the number has a key by which it is addressed. Each view is noted in the audit.',
      access,
      body: jsonBody({
        schema: z.strictObject({ phone: phoneField }).meta({ id: 'NumberLookup' }),
        example: { phone: '+8613800138000' },
      }),
      responses: { 200: { description: 'The number', schema: numberSchema, example: numberExample } },
      problems: ['phone_invalid', 'number_not_served'],
    }).handle(async ({ body, caller, correlator, receivedAt }) => {
      const record = await lookUp(dependencies, body.phone);
      const view = await shown(record);
      const subject = record.numberKey;
      await noteView(store.audit, {
        caller,
        action: 'number.looked-up',
        subject,
        correlator,
        at: receivedAt,
      });
      return { status: 200, body: view };
    }),

    route({
      method: 'get',
      path: '/v1/numbers/{numberKey}',
      id: 'getNumber',
      tag,
      summary: 'A number',
      description: 'Each view is noted in the audit.',
      access,
      params,
      responses: { 200: { description: 'The number', schema: numberSchema, example: numberExample } },
      problems: ['number_not_found'],
    }).handle(async ({ params: { numberKey }, caller, correlator, receivedAt }) => {
      const view = await shown(await found(numberKey));
      await noteView(store.audit, {
        caller,
        action: 'number.viewed',
        subject: view.numberKey,
        correlator,
        at: receivedAt,
      });
      return { status: 200, body: view };
    }),

    route({
      method: 'get',
      path: '/v1/numbers/{numberKey}/timeline',
      id: 'getTimeline',
      tag,
      summary: 'What was reported, asked, decided and done about a number, oldest first',
      description: 'Each view is noted in the audit.',
      access,
      params,
      responses: { 200: { description: 'The timeline', schema: timelineSchema } },
      problems: ['number_not_found'],
    }).handle(async ({ params: { numberKey }, caller, correlator, receivedAt }) => {
      const record = await found(numberKey);
      const evidence = await store.evidence.ofNumber(record.numberKey);
      await noteView(store.audit, {
        caller,
        action: 'number.timeline-viewed',
        subject: record.numberKey,
        correlator,
        at: receivedAt,
      });
      return { status: 200, body: timelineView(record.events, evidence) };
    }),

    route({
      method: 'get',
      path: '/v1/numbers',
      id: 'listNumbers',
      tag,
      summary: 'Numbers by state, province and end of freeze',
      description:
        'With a state in the order of the end of their freeze, without one in the order of their keys. Lists go by what was reported alone. Each list is noted in the audit.',
      access,
      query: z.strictObject({
        state: z.enum(numberStates).optional(),
        province: z.string().optional().meta({ example: 'sichuan' }),
        freezeEndsBefore: instantParameter.optional(),
        cursor: cursorParameter.optional(),
        limit: limitParameter,
      }),
      responses: {
        200: {
          description: 'A page of numbers',
          schema: z.strictObject({ items: z.array(listedNumberSchema), nextCursor }).meta({ id: 'Numbers' }),
        },
      },
      problems: ['cursor_invalid'],
    }).handle(async ({ query: { cursor, limit, ...filters }, caller, correlator, receivedAt }) => {
      const after = cursor === undefined ? undefined : cursors.read(cursor, filters);
      // One more than asked for tells whether there is a next page.
      const records = await store.numbers.list({ ...filters, after, limit: limit + 1, now: now() });
      const page = records.slice(0, limit);
      const items = await listedTogether(page);
      await noteView(store.audit, {
        caller,
        action: 'numbers.listed',
        subject: 'numbers',
        correlator,
        at: receivedAt,
        details: { count: items.length },
      });
      const last = records.length > limit ? page.at(-1) : undefined;
      return {
        status: 200,
        body: { items, nextCursor: last ? cursors.write(positionOf(last), filters) : null },
      };
    }),
  ];

  async function listedTogether(records: readonly NumberRecord[]): Promise<NumberView[]> {
    const claims = await store.claims.findMany(records.map(({ numberKey }) => numberKey));
    const byNumber = new Map(claims.map((doc) => [doc._id, doc]));
    return records.map((record) =>
      numberView({ record, claims: byNumber.get(record.numberKey) ?? null, registry, now: now() }),
    );
  }
}

/** The record of a number that somebody asks about; made where it was never heard of, so that it has an address. */
async function lookUp(
  { store, routing, hasher }: Pick<Dependencies, 'store' | 'routing' | 'hasher'>,
  phone: PhoneNumber,
): Promise<NumberRecord> {
  const numberKey: NumberKey = hasher.numberKeyOf(phone);
  const known = await store.numbers.find(numberKey);
  if (known) return known;
  const home = routing.routeOf(phone);
  if (!home) throw new Problem('number_not_served');
  const nothingYet = {
    events: [],
    provenAt: [],
    phase: 'unknown',
    freezeEndsAt: null,
    fromVersion: 0,
  } as const;
  await store.numbers.write([{ numberKey, phone, ...home, ...nothingYet }]);
  const record = await store.numbers.find(numberKey);
  if (!record) throw new Error('A number that was just written is not there');
  return record;
}
