import { randomUUID } from 'node:crypto';
import mongoose from 'mongoose';
import { numberLifeWorkflowId } from '../workflows/number/contract.ts';
import { sleepersQueue, startBareWorker } from './bare-worker.ts';
import { type Bed, openBed } from './bed.ts';
import type { Bench } from './bench.ts';
import { openToMeasure, untilTidied } from './database-size.ts';
import { median, shown } from './figures.ts';
import { freezeNumbers } from './freezing.ts';
import { seededBy } from './seeded.ts';
import { table } from './table.ts';

/** What the history of a sleeping number may have. */
const mostHistoryEvents = 8;
/** So many histories are looked at. */
const sample = 50;

/** The mean size of the documents of some numbers in a collection, in bytes of BSON. */
async function documentBytes(
  model: { find: Bed['store']['claims']['model']['find'] },
  ids: readonly string[],
): Promise<number> {
  const documents = await model.find({ _id: { $in: [...ids] } }).lean();
  const sizes = documents.map((document) => mongoose.mongo.BSON.calculateObjectSize(document));
  return sizes.reduce((sum, size) => sum + size, 0) / ids.length;
}

/** What a frozen number takes, beside a workflow that only sleeps and beside a plain row. */
export const bytesBench: Bench = {
  name: 'bytes',
  title: 'What a frozen number with a claim takes',
  async run({ seed, quick, say }) {
    const count = quick ? 200 : 1_000;
    const bed = await openBed(say);
    const database = openToMeasure(bed.folder.temporalData);
    try {
      const { bare, store, stack } = bed;
      const grownBy = async (work: () => Promise<unknown>): Promise<number> => {
        await untilTidied(database);
        const before = database.size().all;
        await work();
        await untilTidied(database);
        return (database.size().all - before) / count;
      };

      const worker = await startBareWorker(bare, stack.endpoints.temporal);
      const sleeperBytes = await grownBy(async () => {
        const ids = Array.from({ length: count }, () => `sleeper:${randomUUID()}`);
        const awake = worker.untilAwake(count);
        await bare.workflow.start('fanOut', {
          workflowId: randomUUID(),
          taskQueue: sleepersQueue,
          args: [ids],
        });
        await awake;
      });
      await worker.stop();
      say('bare sleepers measured');

      let numberKeys: string[] = [];
      const numberBytes = await grownBy(async () => {
        numberKeys = await freezeNumbers(bed, { seeded: seededBy(seed), count });
      });
      say('frozen numbers measured');

      const looked = numberKeys.slice(0, sample);
      const lengths = await Promise.all(
        looked.map(async (key) => {
          const handle = bare.workflow.getHandle(
            numberLifeWorkflowId(key as Parameters<typeof numberLifeWorkflowId>[0]),
          );
          return Number((await handle.describe()).historyLength);
        }),
      );
      const rows = {
        number: await documentBytes(store.numbers.model as never, looked),
        claim: await documentBytes(store.claims.model as never, looked),
      };
      const longest = Math.max(...lengths);
      return {
        text: [
          `${shown(count)} numbers with a claim, cancelled in one call, asleep until their freeze ends; bytes for each. Temporal's are the growth of the used pages of its database (SQLite, all tables and indexes) once its queues are empty again; ours also hold the workflow that took the call in, and what visibility keeps. Rows are the documents' sizes in BSON.`,
          '',
          table(
            ['', 'bytes', 'times a bare sleeper'],
            [
              ['in Temporal, a bare workflow that only sleeps', shown(sleeperBytes), '1'],
              [
                'in Temporal, a frozen number with a claim',
                shown(numberBytes),
                shown(numberBytes / sleeperBytes),
              ],
              [
                'a plain row: the number with its history',
                shown(rows.number),
                shown(rows.number / sleeperBytes),
              ],
              ['a plain row: the claim', shown(rows.claim), shown(rows.claim / sleeperBytes)],
            ],
          ),
          '',
          `History events of a sleeping number: ${shown(median(lengths))}, at most ${longest} (${sample} looked at). A frozen number without a claim has no workflow: it takes its row.`,
        ].join('\n'),
        broken:
          longest <= mostHistoryEvents ? [] : [`${longest} history events, ${mostHistoryEvents} at most`],
      };
    } finally {
      database.close();
      await bed.close();
    }
  },
};
