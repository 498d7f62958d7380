import { startBareStore } from './bare-store.ts';
import { openBed } from './bed.ts';
import type { Bench } from './bench.ts';
import { callFigures, makeCalls } from './called-server.ts';
import { describeScenes, rowsOfScenes, sizesOf } from './scenes.ts';
import { seededBy } from './seeded.ts';
import { jsonCall, openSite, password } from './site.ts';
import { table } from './table.ts';

const scenes = [
  { callers: 1, calls: 80 },
  { callers: 20, calls: 200 },
];

/** A registration on a number that nobody holds: what it costs beyond the password's hash and two writes. */
export const registrationBench: Bench = {
  name: 'registration',
  title: 'Registering on a free number',
  async run({ seed, quick, say }) {
    const rounds = quick ? 3 : 7;
    const sizes = sizesOf(scenes, quick);
    const bed = await openBed(say);
    try {
      // No workflow is in it.
      await bed.stack.kill('worker');
      const bare = await startBareStore(bed);
      const seeded = seededBy(seed);
      const site = await openSite(bed);
      const { api } = bed.stack.endpoints;
      const { perSecond, median, p99, processor } = callFigures;
      const rows = await rowsOfScenes({
        scenes: sizes,
        rounds,
        due: 201,
        figures: [perSecond, median, p99, processor],
        sides: [
          async ({ calls, open }) => {
            const registrations = await site.registrations(seeded.phones(calls));
            const server = { url: `${api}/v1/registrations`, metricsUrl: `${api}/metrics` };
            return makeCalls(server, registrations, open);
          },
          ({ calls, open }) => {
            const registrations = seeded.phones(calls).map((phone) => jsonCall({ phone, password }));
            return makeCalls({ ...bare, url: `${bare.url}/registrations` }, registrations, open);
          },
        ],
        say,
      });
      await bare.stop();
      return {
        text: [
          `${rounds} rounds in turn, after one to warm up: ${describeScenes(sizes)}. No worker runs; codes are put into the store beforehand, and limits are out of the way.`,
          'The bare handler is Express, `JSON.parse`, the same password hash, and two inserts into the same store. In ours are also the token, the code, the account, the claim with its evidence, and, beside the answer, the question to the simulated carrier whose the number is.',
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
