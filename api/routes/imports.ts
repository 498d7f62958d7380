import { Readable } from 'node:stream';
import { setTimeout } from 'node:timers/promises';
import { z } from 'zod';
import { asImportId, type ImportId } from '../../domain/ids.ts';
import { type DurationMs, formatInstant } from '../../domain/instant.ts';
import type { UserImport } from '../../store/imports.ts';
import { noteView } from '../audit-trail.ts';
import { streamBody } from '../body-spec.ts';
import type { ApiDependencies } from '../dependencies.ts';
import { type ImportLimits, importLimits } from '../imports/limits.ts';
import { receiveImport } from '../imports/receive.ts';
import { Problem } from '../problem.ts';
import { type Route, route } from '../route.ts';
import { acceptedImportSchema, importExample, importSchema } from '../schemas/import.ts';

/** What imports need of all that the API stands on. */
interface ImportDependencies extends Pick<ApiDependencies, 'store' | 'now'> {
  readonly workflows: Pick<ApiDependencies['workflows'], 'runImport'>;
  readonly logger: Pick<ApiDependencies['logger'], 'warn'>;
}

/** How often a caller who waits is looked after: progress comes every second or so. */
const lookEvery: DurationMs = 250;

/** No longer than a process has to stop in, nor than proxies on the way keep a silent connection. */
const longestWait = 20;

const lineDescription = `NDJSON, one user a line: \`{phone?, nickname?, email?, emailVerified?, password? or passwordHash?,
identity?{name, idNumber, verified?}, registeredAt, phoneClaimedAt?, accounts?[{kind: "balance", "redPackets" or "points", amount}]}\`.
At most ${importLimits.lineBytes} bytes a line, ${importLimits.lines} lines and ${importLimits.bodyBytes} bytes after unpacking.
Blank lines are passed over. \`content-encoding: gzip\` is taken.`;

const importParams = z.strictObject({ id: z.string().meta({ description: "The import's id" }) });

const waitParameter = z
  .string()
  .regex(/^(\d|1\d|20)$/, `A whole number of seconds from 0 to ${longestWait}`)
  .transform(Number)
  .optional()
  .meta({ description: `Wait up to so many seconds for its end; 0 to ${longestWait}` });

/** The bulk import of existing payment users. */
export function importRoutes(
  { store, workflows, logger, now }: ImportDependencies,
  limits: ImportLimits = importLimits,
): Route[] {
  /** Callers know an import from its acceptance on. */
  const acceptedImport = async (importId: ImportId): Promise<UserImport> => {
    const found = await store.imports.find(importId);
    if (found && found.status !== 'receiving' && found.status !== 'dropped') return found;
    throw new Problem('import_not_found');
  };

  const begin = async (importId: ImportId, correlator: string): Promise<void> => {
    try {
      await workflows.runImport({ importId, correlator });
    } catch (error) {
      logger.warn({ err: error, importId }, 'An import was received but not started; the sweep starts it');
    }
  };

  return [
    route({
      method: 'post',
      path: '/v1/imports/users',
      id: 'importUsers',
      tag: 'Imports',
      summary: 'Import existing payment users',
      description:
        'Answers when all lines are received and durable; they are imported afterwards. Each line has a result of its own.',
      access: { kind: 'token', scope: 'imports:write' },
      body: streamBody({
        mediaTypes: ['application/x-ndjson', 'application/ndjson', 'application/jsonl'],
        encodings: ['gzip'],
        description: lineDescription,
      }),
      responses: {
        202: {
          description: 'Received; the import runs',
          schema: acceptedImportSchema,
          headers: { location: 'Where its progress is' },
        },
      },
      problems: ['body_encoding_broken', 'import_empty', 'body_too_large', 'temporarily_unavailable'],
    }).handle(async ({ body, encoding, caller, correlator }) => {
      const { importId } = await receiveImport({
        imports: store.imports,
        limits,
        now,
        about: { body, encoding, client: caller.clientId, correlator },
        beforeAccepting: (received) =>
          noteView(store.audit, {
            caller,
            action: 'users.imported',
            subject: received.importId,
            correlator,
            at: now(),
            details: { lines: received.lines },
          }),
      });
      await begin(importId, correlator);
      return { status: 202, body: { importId }, headers: { location: `/v1/imports/${importId}` } };
    }),

    route({
      method: 'get',
      path: '/v1/imports/{id}',
      id: 'getImport',
      tag: 'Imports',
      summary: 'How far an import has come',
      access: { kind: 'token', scope: 'imports:read' },
      params: importParams,
      query: z.strictObject({ wait: waitParameter }),
      responses: { 200: { description: 'The import', schema: importSchema, example: importExample } },
      problems: ['import_not_found'],
    }).handle(async ({ params, query, receivedAt }) => {
      const importId = asImportId(params.id);
      const until = receivedAt + (query.wait ?? 0) * 1_000;
      let found = await acceptedImport(importId);
      while (found.status === 'running' && now() < until) {
        await setTimeout(Math.min(lookEvery, until - now()));
        found = await acceptedImport(importId);
      }
      return { status: 200, body: importView(found) };
    }),

    route({
      method: 'get',
      path: '/v1/imports/{id}/results',
      id: 'getImportResults',
      tag: 'Imports',
      summary: 'What came of each line so far, in their order',
      description:
        'NDJSON: `{line, userId}`, or `{line, code, detail}` for a line that was rejected; `line` counts from 1. Nothing that stood in a line is repeated.',
      access: { kind: 'token', scope: 'imports:read' },
      params: importParams,
      responses: { 200: { description: 'The results', mediaType: 'application/x-ndjson' } },
      problems: ['import_not_found'],
    }).handle(async ({ params }) => {
      const found = await acceptedImport(asImportId(params.id));
      return { status: 200, body: Readable.from(resultsOf(store, found)) };
    }),
  ];
}

/** The results of the parts that are done, from the first, as text. One part is in memory at a time. */
async function* resultsOf(
  { imports }: ApiDependencies['store'],
  { importId, chunks }: UserImport,
): AsyncGenerator<string> {
  for (let index = 0; index < chunks; index += 1) {
    const part = await imports.chunks.find({ importId, index });
    if (!part?.done) return;
    yield part.results.map((result) => `${JSON.stringify(result)}\n`).join('');
  }
}

function importView({
  importId,
  status,
  lines,
  imported,
  rejected,
  reason,
  receivedAt,
  settledAt,
}: UserImport) {
  return {
    importId,
    status: status === 'completed' || status === 'failed' ? status : ('running' as const),
    read: lines,
    imported,
    rejected,
    reason,
    receivedAt: formatInstant(receivedAt),
    settledAt: settledAt === null ? null : formatInstant(settledAt),
  };
}
