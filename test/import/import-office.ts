import { randomUUID } from 'node:crypto';
import { MockActivityEnvironment } from '@temporalio/testing';
import { DefaultLogger } from '@temporalio/worker';
import { createImportActivities, type Progress } from '../../activities/import/import.ts';
import { parseRegistry } from '../../carriers/registry.ts';
import { createRouting } from '../../carriers/routing.ts';
import { asImportId, type ImportId, type NumberKey } from '../../domain/ids.ts';
import type { ReceivedLine } from '../../store/import-chunks.ts';
import type { Store } from '../../store/store.ts';
import { testHasher, testPasswords } from '../store/open-store.ts';

const registryText = `
provinces:
  - id: sichuan
    name: { zh: 四川, en: Sichuan }
    trackedSince: 2020-01-01
    systems:
      - id: mobile-5g
        kind: mobile
        dialect: json-http
        baseUrl: http://127.0.0.1:9/carrier
        tokenUrl: http://127.0.0.1:9/token
        credentials: { clientId: linekeeper, clientSecret: { value: unused } }
        rateLimit: { perSecond: 1000, burst: 100 }
        capabilities: { joinDate: second, match: true }
segments:
  - { prefix: "+86138", province: sichuan, system: mobile-5g }
`;

export const testRegistry = parseRegistry({ text: registryText, source: 'test', folder: '.', env: {} });

/** Steps that are made to fail would fill the test's output. */
const quiet = new DefaultLogger('ERROR');

type Outcome = Awaited<ReturnType<ReturnType<typeof createImportActivities>['importPart']>>;

const startOf: Progress = { partsDone: 0, imported: 0, rejected: 0 };

/** The steps of imports over a store, with imports that were received and lives that are only noted down. */
export function openImportOffice(store: Store) {
  const woken: NumberKey[] = [];
  const activities = createImportActivities({
    store,
    registry: testRegistry,
    routing: createRouting(testRegistry),
    hasher: testHasher,
    passwords: testPasswords,
    messenger: {
      wakeNumbers: async ({ numberKeys }) => void woken.push(...numberKeys),
      deliverNotice: async () => undefined,
      runImport: async () => undefined,
    },
  });

  return {
    woken,

    /** An import that was received whole, in these parts; a line is a text, or an object to be written as JSON. */
    async receive(...parts: (object | string)[][]): Promise<ImportId> {
      const importId = asImportId(randomUUID());
      await store.imports.begin({ importId, client: 'shop', correlator: 'c', at: Date.now() });
      let line = 0;
      for (const [index, part] of parts.entries()) {
        const lines: ReceivedLine[] = part.map((each) => {
          line += 1;
          return { line, text: typeof each === 'string' ? each : JSON.stringify(each) };
        });
        await store.imports.chunks.add({ importId, index, lines });
      }
      await store.imports.accept({ importId, lines: line, chunks: parts.length, at: Date.now() });
      return importId;
    },

    /** Imports the next part, as a worker would. */
    importPart: (importId: ImportId, progress: Progress = startOf): Promise<Outcome> =>
      new MockActivityEnvironment({}, { logger: quiet }).run<[], Outcome, () => Promise<Outcome>>(() =>
        activities.importPart({ importId, progress, correlator: 'c' }),
      ),

    /** What came of the lines of a part. */
    async results(importId: ImportId, index = 0) {
      const part = await store.imports.chunks.find({ importId, index });
      if (!part?.done) throw new Error('the part is not done');
      return part.results;
    },
  };
}
