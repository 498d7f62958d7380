import { ackFigures, acknowledge, rowBeside } from './acknowledging.ts';
import { startBareHandler } from './bare-handler.ts';
import { openBed } from './bed.ts';
import type { Bench } from './bench.ts';
import { openCallers } from './callers.ts';
import { carrierCalls } from './carrier-calls.ts';
import { inTurns } from './rounds.ts';
import { seededBy } from './seeded.ts';
import { table } from './table.ts';

/** How many callers at once, and how many calls they make in a round: a second or some, and many rounds. */
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
    const sizes = scenes.map(({ callers, calls }) => ({ callers, calls: quick ? calls / 10 : calls }));
    const bed = await openBed(say);
    try {
      // What runs behind an acknowledgement isn't part of it, and the bare handler has nothing behind it.
      await bed.stack.kill('worker');
      const bare = await startBareHandler(bed);
      const seeded = seededBy(seed);
      const prepared = carrierCalls({ secret: bed.feed.secret, seeded });
      const rows: string[][] = [];
      for (const { callers: count, calls } of sizes) {
        say(`${count} at once, ${calls} calls a round`);
        const callers = openCallers(count);
        const events = () => seeded.phones(calls).map(prepared.single);
        const { ours, floor } = await inTurns({
          variants: {
            ours: () => acknowledge(bed.feed, events(), callers),
            floor: () => acknowledge(bare, events(), callers),
          },
          rounds,
          say,
        });
        callers.close();
        const { perSecond, median, p99, processor } = ackFigures;
        rows.push(
          ...[perSecond, median, p99, processor].map((figure) => {
            const [name, ...cells] = rowBeside(figure, { ours, baselines: [floor] });
            return [`${count} at once: ${name}`, ...cells];
          }),
        );
      }
      await bare.stop();
      const scenery = sizes.map(({ callers, calls }) => `${calls} calls by ${callers} at once`);
      return {
        text: [
          `${rounds} rounds in turn, after one to warm up: ${scenery.join(', then ')}. No worker runs.`,
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
