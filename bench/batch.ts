import { randomUUID } from 'node:crypto';
import type { Client } from '@temporalio/client';
import { startBareHandler } from './bare-handler.ts';
import { openBed } from './bed.ts';
import type { Bench } from './bench.ts';
import { type CallRound, callFigures, makeCalls, rowBeside } from './called-server.ts';
import { openCallers, type PreparedCall } from './callers.ts';
import { carrierCalls } from './carrier-calls.ts';
import { mebibytes, shown } from './figures.ts';
import { processFigures, watchMemory } from './process-figures.ts';
import { inTurns } from './rounds.ts';
import { seededBy } from './seeded.ts';
import { table } from './table.ts';

/** The largest call that the contract allows. */
const events = 1_000;
const batchesPerRound = 4;

/** A full batch: what its acknowledgement costs beyond one bare call of Temporal with the same events. */
export const batchBench: Bench = {
  name: 'batch',
  title: `Acknowledging a batch of ${shown(events)} carrier events`,
  async run({ seed, quick, say }) {
    const rounds = quick ? 3 : 9;
    const bed = await openBed(say);
    try {
      // What runs behind an acknowledgement is measured by the bench `effect`.
      await bed.stack.kill('worker');
      const bareHandler = await startBareHandler(bed);
      const seeded = seededBy(seed);
      const prepared = carrierCalls({ secret: bed.feed.secret, seeded });
      const batches = () =>
        Array.from({ length: batchesPerRound }, () => prepared.batch(seeded.phones(events)));
      const callers = openCallers(1);
      const idle = await processFigures(bed.feed.metricsUrl);
      const memory = watchMemory(bed.feed.metricsUrl);
      const { ours, handler, start } = await inTurns({
        variants: {
          ours: () => makeCalls(bed.feed, batches(), callers),
          handler: () => makeCalls(bareHandler, batches(), callers),
          start: () => startBare(bed.bare, batches()),
        },
        rounds,
        say,
      });
      const peakBytes = await memory.peakBytes();
      callers.close();
      await bareHandler.stop();
      const { median, slowest, processor } = callFigures;
      return {
        text: [
          `${rounds} rounds in turn, after one to warm up, of ${batchesPerRound} batches each, one after the other; a batch has ${shown(batches()[0]?.body.length ?? 0)} bytes. No worker runs.`,
          'The bare handler is Express, the same signature, `JSON.parse`, and one `workflow.start` with the events as they came; the bare call is that `workflow.start` alone, from the bench.',
          '',
          table(
            ['', 'Linekeeper', 'bare handler', 'bare call', 'Linekeeper : handler', 'Linekeeper : call'],
            [median, slowest, processor].map((figure) =>
              rowBeside(figure, { ours, baselines: [handler, start] }),
            ),
          ),
          '',
          `The API had ${mebibytes(idle.residentBytes)} before, and at most ${mebibytes(peakBytes)} while ${shown((rounds + 1) * batchesPerRound)} batches came.`,
        ].join('\n'),
        broken: [],
      };
    } finally {
      await bed.close();
    }
  },
};

/** The bare calls: each starts a workflow with the events of one batch. */
async function startBare(client: Client, calls: readonly PreparedCall[]): Promise<CallRound> {
  const batches = calls.map(({ body }): unknown => JSON.parse(body.toString()));
  const latencies: number[] = [];
  const cpuBefore = process.cpuUsage();
  const startedAt = performance.now();
  for (const batch of batches) {
    const callAt = performance.now();
    await client.workflow.start('takeIn', { workflowId: randomUUID(), taskQueue: 'bare', args: [batch] });
    latencies.push(performance.now() - callAt);
  }
  const perSecond = (calls.length * 1_000) / (performance.now() - startedAt);
  const { user, system } = process.cpuUsage(cpuBefore);
  return { perSecond, latencies, cpuMs: (user + system) / 1_000 / calls.length };
}
