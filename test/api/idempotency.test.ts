import { z } from 'zod';
import { jsonBody, streamBody } from '../../api/body-spec.ts';
import { Problem } from '../../api/problem.ts';
import { type Route, route } from '../../api/route.ts';
import { attemptRunsFor } from '../../store/idempotency.ts';
import { type Answered, openApi, type TestApi } from './api.ts';
import { expectProblem } from './problems.ts';

let api: TestApi;
let token: string;

/** What the test routes did, by the name that they were given. */
const effects = new Map<string, number>();
const did = (name: string): number => {
  const times = (effects.get(name) ?? 0) + 1;
  effects.set(name, times);
  return times;
};

/** Routes that count what they do, fail and wait as they are told to. */
let gate = Promise.withResolvers<void>();
const effectRoute: Route = route({
  method: 'post',
  path: '/test/effects',
  id: 'makeEffect',
  tag: 'Test',
  summary: 'Does something once',
  access: { kind: 'token', scope: 'numbers:read' },
  body: jsonBody({
    schema: z.strictObject({ name: z.string(), how: z.enum(['wait', 'crash', 'refuse', 'away']).optional() }),
  }),
  responses: {
    201: { description: 'Done', schema: z.strictObject({ times: z.int() }), headers: { location: 'Where' } },
  },
}).handle(async ({ body }) => {
  const times = did(body.name);
  if (body.how === 'wait') await gate.promise;
  if (body.how === 'crash' && times === 1) throw new Error('crashed');
  if (body.how === 'away' && times === 1) throw new Problem('temporarily_unavailable');
  if (body.how === 'refuse')
    throw new Problem('number_not_served', { detail: `Refused for the time ${times}` });
  return { status: 201, headers: { location: `/test/effects/${times}` }, body: { times } };
});

const phoneRoute: Route = route({
  method: 'post',
  path: '/test/phones',
  id: 'takePhone',
  tag: 'Test',
  summary: 'Takes what a look-up takes',
  access: { kind: 'token', scope: 'numbers:read' },
  body: jsonBody({ schema: z.strictObject({ phone: z.string() }) }),
  responses: { 204: { description: 'Done' } },
}).handle(async () => {
  did('phone');
  return { status: 204 };
});

const streamRoute: Route = route({
  method: 'post',
  path: '/test/streams',
  id: 'readStream',
  tag: 'Test',
  summary: 'Counts lines',
  access: { kind: 'token', scope: 'numbers:read' },
  body: streamBody({ mediaTypes: ['application/x-ndjson'], encodings: ['gzip'], description: 'Lines' }),
  responses: {
    202: {
      description: 'Counted',
      schema: z.strictObject({ lines: z.int(), encoding: z.string().nullable() }),
    },
  },
}).handle(async ({ body, encoding }) => {
  did('stream');
  let lines = 0;
  for await (const chunk of body) {
    lines += String(chunk).split('\n').length - 1;
    if (String(chunk).startsWith('stop')) throw new Problem('number_not_served');
  }
  return { status: 202, body: { lines, encoding } };
});

beforeAll(async () => {
  api = await openApi({ further: () => [effectRoute, phoneRoute, streamRoute] });
  token = await api.token({ scope: 'numbers:read', subject: 'app-1' });
});
afterAll(() => api.close());
beforeEach(() => {
  effects.clear();
  gate = Promise.withResolvers();
});

let keys = 0;
const freshKey = (): string => {
  keys += 1;
  return `key-${keys}`;
};

const make = (key: string | null, body: unknown, asked: { token?: string } = {}): Promise<Answered> =>
  api.call('/test/effects', {
    token,
    body,
    ...asked,
    headers: key === null ? {} : { 'idempotency-key': key },
  });

describe('a POST under an Idempotency-Key', () => {
  it('repeated with the same body → the same answer with its Location, done once', async () => {
    const key = freshKey();
    const first = await make(key, { name: 'a' });
    const again = await make(key, { name: 'a' });
    expect([first.status, first.body, first.headers.get('location')]).toEqual([
      201,
      { times: 1 },
      '/test/effects/1',
    ]);
    expect([again.status, again.text, again.headers.get('location')]).toEqual([
      201,
      first.text,
      '/test/effects/1',
    ]);
    expect(again.headers.get('content-type')).toBe('application/json');
    expect(effects.get('a')).toBe(1);
  });

  it('repeated with its own correlator → that correlator', async () => {
    const key = freshKey();
    await make(key, { name: 'a' });
    const again = await api.call('/test/effects', {
      token,
      body: { name: 'a' },
      headers: { 'idempotency-key': key, 'x-correlator': 'again' },
    });
    expect(again.headers.get('x-correlator')).toBe('again');
  });

  it('repeated with another body → idempotency_key_reused, nothing done', async () => {
    const key = freshKey();
    await make(key, { name: 'a' });
    expectProblem(await make(key, { name: 'b' }), 'idempotency_key_reused');
    expect(effects.has('b')).toBe(false);
  });

  it('repeated at another path with the same body → idempotency_key_reused', async () => {
    const key = freshKey();
    const body = { phone: '+8613800138000' };
    const headers = { 'idempotency-key': key };
    expect((await api.call('/v1/number-lookups', { token, body, headers })).status).toBe(200);
    expectProblem(await api.call('/test/phones', { token, body, headers }), 'idempotency_key_reused');
    expect(effects.has('phone')).toBe(false);
  });

  it('while the first still runs → request_in_progress; when it is done, its answer', async () => {
    const key = freshKey();
    const first = make(key, { name: 'slow', how: 'wait' });
    let second = await make(key, { name: 'slow', how: 'wait' });
    expectProblem(second, 'request_in_progress');
    gate.resolve();
    expect((await first).status).toBe(201);
    second = await make(key, { name: 'slow', how: 'wait' });
    expect(second.text).toBe((await first).text);
    expect(effects.get('slow')).toBe(1);
  });

  it('twenty at once → done once', async () => {
    const key = freshKey();
    const answers = await Promise.all(Array.from({ length: 20 }, () => make(key, { name: 'many' })));
    expect(answers.filter(({ status }) => ![201, 409].includes(status))).toEqual([]);
    expect(effects.get('many')).toBe(1);
  });

  it('of another client → another request', async () => {
    const key = freshKey();
    await make(key, { name: 'a' });
    const other = await api.token({ scope: 'numbers:read', subject: 'app-2' });
    expect((await make(key, { name: 'a' }, { token: other })).body).toEqual({ times: 2 });
  });

  it('refused by a rule → refused the same way again', async () => {
    const key = freshKey();
    const first = await make(key, { name: 'no', how: 'refuse' });
    const again = await make(key, { name: 'no', how: 'refuse' });
    expectProblem(again, 'number_not_served');
    expect(again.text).toBe(first.text);
    expect(effects.get('no')).toBe(1);
  });

  it.each(['crash', 'away'])('that failed by us (%s) → free to be tried again at once', async (how) => {
    const key = freshKey();
    expect((await make(key, { name: how, how })).status).toBeGreaterThanOrEqual(500);
    expect((await make(key, { name: how, how })).body).toEqual({ times: 2 });
  });

  it('whose process died → taken over when its time is past', async () => {
    const key = freshKey();
    const dead = Date.now() - attemptRunsFor - 1;
    const first = make(key, { name: 'dead', how: 'wait' });
    expectProblem(await make(key, { name: 'dead', how: 'wait' }), 'request_in_progress');
    await api.store.idempotency.model.updateMany({ answer: null }, { $set: { runsUntil: dead } });
    gate.resolve();
    await first;
    await api.store.idempotency.model.updateMany({}, { $set: { answer: null, runsUntil: dead } });
    expect((await make(key, { name: 'dead', how: 'wait' })).body).toEqual({ times: 2 });
  });

  it('more than a day ago → a new request', async () => {
    const key = freshKey();
    await make(key, { name: 'a' });
    const yesterday = Date.now() - 24 * 60 * 60_000;
    await api.store.idempotency.model.updateMany({}, { $set: { createdAt: yesterday } });
    expect((await make(key, { name: 'a' })).body).toEqual({ times: 2 });
  });

  it.each([
    ['too long', 'k'.repeat(256)],
    ['with umlauts', 'schl\u00fcssel'],
  ])('that is %s → idempotency_key_invalid, nothing done', async (_, key) => {
    expectProblem(await make(key, { name: 'a' }), 'idempotency_key_invalid');
    expect(effects.has('a')).toBe(false);
  });

  it('answered without a body → so again', async () => {
    const headers = { 'idempotency-key': freshKey() };
    const asked = { token, body: { phone: '+8613800138000' }, headers };
    expect((await api.call('/test/phones', asked)).status).toBe(204);
    const again = await api.call('/test/phones', asked);
    expect([again.status, again.text, again.headers.get('content-type')]).toEqual([204, '', null]);
    expect(effects.get('phone')).toBe(1);
  });

  it('without one → done each time', async () => {
    await make(null, { name: 'a' });
    expect((await make(null, { name: 'a' })).body).toEqual({ times: 2 });
  });

  it('kept answers → no clear text in the store', async () => {
    await make(freshKey(), { name: 'a' });
    const kept = JSON.stringify(await api.store.idempotency.model.find().lean());
    expect(kept).not.toMatch(/times|test\/effects|app-1/);
  });
});

describe('a stream', () => {
  const read = (text: string | Uint8Array, headers: Record<string, string> = {}): Promise<Answered> =>
    api.call('/test/streams', {
      token,
      body: text,
      headers: { 'content-type': 'application/x-ndjson', ...headers },
    });
  const lines = '{"line":1}\n'.repeat(100_000);

  it('larger than any JSON body → read piece by piece', async () => {
    expect((await read(lines)).body).toEqual({ lines: 100_000, encoding: null });
  });

  it('under a key, repeated with the same content → the same answer, read by the handler once', async () => {
    const key = { 'idempotency-key': freshKey() };
    await read(lines, key);
    expect((await read(lines, key)).body).toEqual({ lines: 100_000, encoding: null });
    expect(effects.get('stream')).toBe(1);
  });

  it('under a key, repeated with other content → idempotency_key_reused', async () => {
    const key = { 'idempotency-key': freshKey() };
    await read(lines, key);
    expectProblem(await read(`${lines}{"line":2}\n`, key), 'idempotency_key_reused');
  });

  it('that the handler refuses at its first line → answered, though the rest still comes', async () => {
    expectProblem(await read(`stop\n${lines}`), 'number_not_served');
  });

  it('in an encoding that the route takes → its name; in another → unsupported_media_type', async () => {
    expect((await read('x', { 'content-encoding': 'GZIP' })).body).toMatchObject({ encoding: 'gzip' });
    expectProblem(await read('x', { 'content-encoding': 'br' }), 'unsupported_media_type');
  });
});
