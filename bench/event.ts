import { startBareHandler } from './bare-handler.ts';
import { openBed } from './bed.ts';
import type { Bench } from './bench.ts';
import { callFigures, makeCalls } from './called-server.ts';
import { carrierCalls } from './carrier-calls.ts';
import { describeScenes, rowsOfScenes, sizesOf } from './scenes.ts';
import { seededBy } from './seeded.ts';
import { table } from './table.ts';

const scenes = [
  { callers: 1, calls: 150 },
  { callers: 20, calls: 400 },
];

/** One carrier event: what it costs beyond one bare call of Temporal behind a bare handler. */
export const eventBench: Bench = {
  name: 'event',
  title: 'Acknowledging one carrier event',
  async run({ seed, quick, say }) {
    const rounds = quick ? 3 : 11;
    const sizes = sizesOf(scenes, quick);
    const bed = await openBed(say);
    try {
      // What runs behind an acknowledgement isn't part of it, and the bare handler has nothing behind it.
      await bed.stack.kill('worker');
      const bare = await startBareHandler(bed);
      const seeded = seededBy(seed);
      const prepared = carrierCalls({ secret: bed.feed.secret, seeded });
      const events = (calls: number) => seeded.phones(calls).map(prepared.single);
      const { perSecond, median, p99, processor } = callFigures;
      const rows = await rowsOfScenes({
        scenes: sizes,
        rounds,
        figures: [perSecond, median, p99, processor],
        sides: [
          ({ calls, open }) => makeCalls(bed.feed, events(calls), open),
          ({ calls, open }) => makeCalls(bare, events(calls), open),
        ],
        say,
      });
      await bare.stop();
      return {
        text: [
          `${rounds} rounds in turn, after one to warm up: ${describeScenes(sizes)}. No worker runs.`,
          'The bare handler is Express, the same signature, `JSON.parse`, and one `workflow.start` with the event as it came.',
          '',
          table(['', 'Linekeeper', 'bare handler', 'Linekeeper : bare'], rows),
        ].join('\n'),
        broken: [],
      };
    } finally {
      await bed.close();
    }
  },
};
