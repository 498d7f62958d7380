import { randomUUID } from 'node:crypto';
import { sleepersQueue, startBareWorker } from './bare-worker.ts';
import { openBed } from './bed.ts';
import type { Bench } from './bench.ts';
import { openCallers } from './callers.ts';
import { carrierCalls } from './carrier-calls.ts';
import { mebibytes, ratios, shown, spread } from './figures.ts';
import { holdNumbers, untilSuspended } from './held-numbers.ts';
import { processFigures, watchMemory } from './process-figures.ts';
import { inTurns } from './rounds.ts';
import { seededBy } from './seeded.ts';
import { table } from './table.ts';

/** The time from the acknowledgement of a full batch to the effect of its last event, beside a fan-out that does nothing. */
export const effectBench: Bench = {
  name: 'effect',
  title: 'From the acknowledgement of a batch to its last effect',
  async run({ seed, quick, say }) {
    const rounds = quick ? 2 : 5;
    const events = quick ? 200 : 1_000;
    const bed = await openBed(say);
    try {
      const { stack, store, feed, bare } = bed;
      const worker = await startBareWorker(bare, stack.endpoints.temporal);
      const seeded = seededBy(seed);
      const prepared = carrierCalls({ secret: feed.secret, seeded });
      const callers = openCallers(1);
      let sleepers = 0;
      const workerMetrics = `${stack.workerUrl}/metrics`;
      const idle = await processFigures(workerMetrics);
      const memory = watchMemory(workerMetrics);
      const { ours, floor } = await inTurns({
        variants: {
          ours: async () => {
            const phones = seeded.phones(events);
            const numberKeys = await holdNumbers(bed, phones);
            await callers.make(feed.url, [prepared.batch(phones)]);
            const acknowledgedAt = performance.now();
            await untilSuspended(store, numberKeys);
            return (performance.now() - acknowledgedAt) / 1_000;
          },
          floor: async () => {
            const ids = Array.from({ length: events }, () => `sleeper:${randomUUID()}`);
            sleepers += events;
            const allAwake = worker.untilAwake(sleepers);
            const start = { workflowId: randomUUID(), taskQueue: sleepersQueue, args: [ids] };
            await bare.workflow.start('fanOut', start);
            const startedAt = performance.now();
            await allAwake;
            return (performance.now() - startedAt) / 1_000;
          },
        },
        rounds,
        say,
      });
      const peakBytes = await memory.peakBytes();
      callers.close();
      await worker.stop();
      const perSecond = (seconds: readonly number[]) => seconds.map((each) => events / each);
      return {
        text: [
          `${rounds} rounds in turn, after one to warm up, of ${shown(events)} cancellations in one call, each of a number that a user holds. The clock runs from the 202 to the suspension of the last claim; each suspension also ends the user's sessions, leaves its evidence, and the number's workflow sleeps until the freeze ends.`,
          `The bare fan-out: one workflow whose one step makes ${shown(events)} signal-with-starts, 20 at once, of a workflow that only sleeps; the clock runs from its start to the last one's first step.`,
          '',
          table(
            ['', 'Linekeeper', 'bare fan-out', 'Linekeeper : bare'],
            [
              ['last effect after, s', spread(ours), spread(floor), spread(ratios(ours, floor))],
              [
                'numbers/s',
                spread(perSecond(ours)),
                spread(perSecond(floor)),
                spread(ratios(perSecond(ours), perSecond(floor))),
              ],
            ],
          ),
          '',
          `The worker had ${mebibytes(idle.residentBytes)} before, and at most ${mebibytes(peakBytes)} while ${shown((rounds + 1) * events)} numbers were frozen.`,
        ].join('\n'),
        broken: [],
      };
    } finally {
      await bed.close();
    }
  },
};
