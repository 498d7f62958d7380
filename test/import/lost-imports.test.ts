import { createSweepActivities } from '../../activities/sweep/sweep.ts';
import { asImportId } from '../../domain/ids.ts';
import type { Store } from '../../store/store.ts';
import { openTestStore } from '../store/open-store.ts';
import { crashable, sides } from './crashing-store.ts';
import { testRegistry } from './import-office.ts';
import { empty } from './new-users.ts';

let store: Store;
let close: () => Promise<void>;
let crashing: ReturnType<typeof crashable>;
let started: string[];

const at = Date.parse('2026-11-24T08:00:00Z');
const minute = 60_000;
const importId = asImportId('import-1');
const neighbour = asImportId('import-10');

beforeAll(async () => {
  ({ store, close } = await openTestStore());
  crashing = crashable(store);
});
afterAll(() => close());
beforeEach(async () => {
  await empty(store);
  started = [];
});

const sweep = (now: number) =>
  createSweepActivities({
    store,
    registry: testRegistry,
    messenger: {
      wakeNumbers: async () => undefined,
      deliverNotice: async () => undefined,
      runImport: async (call) => void started.push(call.importId),
    },
  }).resumeImports({ now });

/** An import whose sender is still at it. */
async function receiving(id = importId) {
  await store.imports.begin({ importId: id, client: 'shop', correlator: 'c', at });
  for (const index of [0, 1, 2]) {
    await store.imports.chunks.add({ importId: id, index, lines: [{ line: index + 1, text: '{}' }] });
  }
}
const accept = (id = importId) => store.imports.accept({ importId: id, lines: 3, chunks: 3, at });
const kept = async () => [
  ...(await store.imports.model.find().lean()).map(({ _id }) => _id),
  ...(await store.imports.chunks.model.find().lean()).map(({ _id }) => _id),
];

describe('resumeImports', () => {
  it('nothing came of an import for long → it is dropped with its lines, and those of others stay', async () => {
    await receiving();
    await receiving(neighbour);
    await accept(neighbour);
    await store.imports.touch(neighbour, at + 60 * minute);
    expect(await sweep(at + 14 * minute)).toEqual({ resumed: 0, dropped: 0 });
    expect(await sweep(at + 16 * minute)).toEqual({ resumed: 0, dropped: 1 });
    expect(await kept()).toEqual([neighbour, ...[0, 1, 2].map((index) => `${neighbour}:00000${index}`)]);
  });

  it('crash at any write of dropping, then swept again → nothing is left', async () => {
    await receiving();
    const { writes } = await crashing.run(() => sweep(at + 16 * minute), null);
    expect(writes).toBe(3);
    for (let atWrite = 1; atWrite <= writes; atWrite += 1) {
      for (const side of sides) {
        await receiving();
        await crashing.run(() => sweep(at + 16 * minute), { atWrite, side });
        await sweep(at + 16 * minute);
        expect(await kept()).toEqual([]);
      }
    }
  });

  it('dropped while its sender comes to the end → it is not accepted', async () => {
    await receiving();
    await sweep(at + 16 * minute);
    expect(await accept()).toBe(false);
  });

  it('accepted while it is being dropped → it stays, whole', async () => {
    await receiving();
    await accept();
    await store.imports.drop(importId);
    expect(await kept()).toHaveLength(4);
  });

  it('one that runs is quiet → it is started again, and then left alone for a while', async () => {
    await receiving();
    await accept();
    expect(await sweep(at + 11 * minute)).toEqual({ resumed: 1, dropped: 0 });
    expect(started).toEqual([importId]);
    expect(await sweep(at + 12 * minute)).toEqual({ resumed: 0, dropped: 0 });
  });

  it('one that has ended → left alone', async () => {
    await receiving();
    await accept();
    await store.imports.settle({ importId, status: 'completed', reason: null, at });
    expect(await sweep(at + 60 * minute)).toEqual({ resumed: 0, dropped: 0 });
  });
});
