import { request as httpRequest } from 'node:http';
import { gzipSync } from 'node:zlib';
import { createSweepActivities } from '../../activities/sweep/sweep.ts';
import { importRoutes } from '../../api/routes/imports.ts';
import { asImportId } from '../../domain/ids.ts';
import { importWorkflowId } from '../../workflows/import/contract.ts';
import { type Asked, openApi, type TestApi } from '../api/api.ts';
import { eventually } from './eventually.ts';
import { testRegistry } from './import-office.ts';
import { phoneOf } from './new-users.ts';

let api: TestApi;
let writer: string;
let reader: string;

beforeAll(async () => {
  api = await openApi({ temporal: true });
  writer = await api.token({ subject: 'payment-app', scope: 'imports:write imports:read' });
  reader = await api.token({ subject: 'payment-app', scope: 'imports:read' });
}, 120_000);
afterAll(() => api?.close());

const line = (index: number) =>
  JSON.stringify({ phone: phoneOf(index), registeredAt: '2024-05-01T00:00:00Z' });
const file = (count: number) => Array.from({ length: count }, (_, index) => `${line(index)}\n`).join('');
const ndjson = { 'content-type': 'application/x-ndjson' };

const send = (body: string | Uint8Array, asked: Asked = {}) =>
  api.call('/v1/imports/users', { token: writer, body, ...asked, headers: { ...ndjson, ...asked.headers } });
const importIdOf = ({ body }: { body: unknown }) =>
  asImportId(typeof body === 'object' && body !== null && 'importId' in body ? String(body.importId) : '');

/** The lines of an import as they lie in the store. */
async function linesOf(importId: ReturnType<typeof importIdOf>) {
  const found = await api.store.imports.find(importId);
  const parts = [];
  for (let index = 0; index < (found?.chunks ?? 0); index += 1) {
    const part = await api.store.imports.chunks.find({ importId, index });
    parts.push(part?.done === false ? part.lines : []);
  }
  return parts;
}

const nothingLeft = async () => {
  expect(await api.store.imports.model.find({ status: { $in: ['receiving', 'dropped'] } }).lean()).toEqual(
    [],
  );
  const known = (await api.store.imports.model.find().lean()).map(({ _id }) => _id);
  const orphans = await api.store.imports.chunks.model.find().lean();
  expect(orphans.filter(({ _id }) => !known.some((id) => _id.startsWith(`${id}:`)))).toEqual([]);
};

describe('POST /v1/imports/users', () => {
  it('lines → 202 with where to look, kept sealed, noted in the audit, and the workflow runs', async () => {
    const answer = await send(file(450));
    expect(answer.status).toBe(202);
    const importId = importIdOf(answer);
    expect(answer.body).toEqual({ importId });
    expect(answer.headers.get('location')).toBe(`/v1/imports/${importId}`);

    expect((await linesOf(importId)).map((part) => part.length)).toEqual([200, 200, 50]);
    expect(JSON.stringify(await api.store.imports.chunks.model.find().lean())).not.toContain(phoneOf(1));
    expect(await api.store.audit.list({ subject: importId, limit: 10 })).toMatchObject([
      { action: 'users.imported', actor: 'payment-app', details: { client: 'payment-app', lines: 450 } },
    ]);
    const workflow = await api.temporal?.client.client.workflow
      .getHandle(importWorkflowId(importId))
      .describe();
    expect(workflow?.status.name).toBe('RUNNING');

    const seen = await api.call(`/v1/imports/${importId}`, { token: reader });
    expect(seen.body).toMatchObject({
      importId,
      status: 'running',
      read: 450,
      imported: 0,
      rejected: 0,
      reason: null,
    });
  });

  it('gzip of several members → the same lines', async () => {
    const [first, second] = [file(2), `${line(7)}\n`];
    const body = Buffer.concat([gzipSync(first), gzipSync(second)]);
    const answer = await send(body, { headers: { 'content-encoding': 'gzip' } });
    expect(await linesOf(importIdOf(answer))).toEqual([
      [line(0), line(1), line(7)].map((text, index) => ({ line: index + 1, text })),
    ]);
  });

  it('a byte order mark, Windows line ends, blank lines, bytes that are no text, a line too long → each line by its number', async () => {
    const body = Buffer.concat([
      Buffer.from(`\ufeff${line(1)}\r\n\r\n   \n`),
      Buffer.from([0x7b, 0xff, 0x7d, 0x0a]),
      Buffer.alloc(65_537, 'x'),
      Buffer.from(`\n${line(2)}`),
    ]);
    const answer = await send(body);
    expect(await linesOf(importIdOf(answer))).toEqual([
      [
        { line: 1, text: `${line(1)}\r` },
        { line: 4, fault: 'line_malformed' },
        { line: 5, fault: 'line_too_long' },
        { line: 6, text: line(2) },
      ],
    ]);
    expect(await api.store.imports.find(importIdOf(answer))).toMatchObject({ lines: 4 });
  });

  it.each([1, 199, 200, 201, 400])(
    '%i lines, with a line feed at their end or without → all of them',
    async (count) => {
      for (const body of [file(count), file(count).trimEnd()]) {
        const importId = importIdOf(await send(body));
        const lines = (await linesOf(importId)).flat();
        expect(lines.map(({ line }) => line)).toEqual(Array.from({ length: count }, (_, index) => index + 1));
        expect(await api.store.imports.find(importId)).toMatchObject({ lines: count });
      }
    },
  );

  it('long lines → parts that stay small', async () => {
    const long = JSON.stringify({ nickname: 'x'.repeat(60_000) });
    const parts = await linesOf(importIdOf(await send(`${long}\n`.repeat(10))));
    expect(parts.map((part) => part.length)).toEqual([4, 4, 2]);
  });

  const gzip = { 'content-encoding': 'gzip' };
  it.each<[string, number, string, string | Uint8Array, Record<string, string>]>([
    ['no line', 400, 'import_empty', '', {}],
    ['only blank lines', 400, 'import_empty', ' \n\n\r\n', {}],
    ['JSON', 415, 'unsupported_media_type', line(1), { 'content-type': 'application/json' }],
    [
      'another charset',
      415,
      'unsupported_media_type',
      line(1),
      { 'content-type': 'application/x-ndjson; charset=gbk' },
    ],
    ['another encoding', 415, 'unsupported_media_type', line(1), { 'content-encoding': 'br' }],
    ['no gzip', 400, 'body_encoding_broken', line(1), gzip],
    ['a gzip that breaks off', 400, 'body_encoding_broken', gzipSync(file(1_000)).subarray(0, -20), gzip],
    [
      'a gzip with a wrong checksum',
      400,
      'body_encoding_broken',
      Buffer.concat([gzipSync(file(500)).subarray(0, -8), Buffer.alloc(8)]),
      gzip,
    ],
  ])('%s → %i %s, and nothing is left', async (_, status, code, body, headers) => {
    const answer = await send(body, { headers });
    expect({ status: answer.status, body: answer.body }).toMatchObject({ status, body: { code } });
    await nothingLeft();
  });

  it('a token that may only read → 403', async () => {
    expect(await send(file(1), { token: reader })).toMatchObject({
      status: 403,
      body: { code: 'scope_missing' },
    });
  });

  it('the caller breaks off in the middle → nothing is left', async () => {
    const { port } = new URL(api.url);
    const headers = { ...ndjson, authorization: `Bearer ${writer}`, 'content-length': '1000000' };
    const call = httpRequest({ port, method: 'POST', path: '/v1/imports/users', headers });
    call.on('error', () => undefined);
    call.write(file(450));
    await eventually(
      'it is being received',
      async () => (await api.store.imports.model.countDocuments({ status: 'receiving' })) === 1,
    );
    call.destroy();
    await eventually(
      'it is gone',
      async () => (await api.store.imports.model.countDocuments({ status: 'receiving' })) === 0,
    );
    await nothingLeft();
  });

  it('the same key and body → the same import; another body → 422; a body that was refused → refused the same way', async () => {
    const headers = { 'idempotency-key': 'import-2026' };
    const first = await send(file(3), { headers });
    expect((await send(file(3), { headers })).body).toEqual(first.body);
    expect(await send(file(4), { headers })).toMatchObject({
      status: 422,
      body: { code: 'idempotency_key_reused' },
    });

    const broken = { 'idempotency-key': 'broken', ...gzip };
    const refused = { status: 400, body: { code: 'body_encoding_broken' } };
    expect(await send(file(900), { headers: broken })).toMatchObject(refused);
    expect(await send(file(900), { headers: broken })).toMatchObject(refused);
    await nothingLeft();
  });

  it('the workflow server is away → 202 all the same, and the sweep has it run', async () => {
    const away = await openApi();
    try {
      const token = await away.token({ scope: 'imports:write' });
      const answer = await away.call('/v1/imports/users', { token, body: file(1), headers: ndjson });
      expect(answer.status).toBe(202);
      const started: string[] = [];
      const { resumeImports } = createSweepActivities({
        store: away.store,
        registry: testRegistry,
        messenger: {
          wakeNumbers: async () => undefined,
          deliverNotice: async () => undefined,
          runImport: async ({ importId }) => void started.push(importId),
        },
      });
      const later = { now: Date.now() + 3_600_000 };
      expect(await resumeImports(later)).toEqual({ resumed: 1, dropped: 0 });
      expect(started).toEqual([importIdOf(answer)]);
      expect(await resumeImports(later)).toEqual({ resumed: 0, dropped: 0 });
    } finally {
      await away.close();
    }
  });
});

describe('an import that may be no larger', () => {
  it.each([
    ['lines', { lines: 3 }],
    ['bytes', { bodyBytes: 300 }],
  ])('more %s than it may have → 413, and nothing is left', async (_, change) => {
    const limits = {
      lineBytes: 1_000,
      bodyBytes: 10_000,
      lines: 10,
      partLines: 2,
      partBytes: 2_000,
      ...change,
    };
    const small = await openApi({
      further: (dependencies) =>
        importRoutes(
          {
            ...dependencies,
            logger: { warn: () => undefined },
            workflows: { runImport: async () => undefined },
            now: Date.now,
          },
          limits,
        )
          .slice(0, 1)
          .map((each) => ({ ...each, path: '/v1/small', id: 'small' })),
    });
    try {
      const token = await small.token({ scope: 'imports:write' });
      const body = gzipSync(file(10));
      const answer = await small.call('/v1/small', {
        token,
        body,
        headers: { ...ndjson, ...{ 'content-encoding': 'gzip' } },
      });
      expect(answer).toMatchObject({ status: 413, body: { code: 'body_too_large' } });
      expect(await small.store.imports.model.countDocuments()).toBe(0);
      expect(await small.store.imports.chunks.model.countDocuments()).toBe(0);
    } finally {
      await small.close();
    }
  });
});
