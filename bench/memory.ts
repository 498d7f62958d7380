import { setTimeout as pause } from 'node:timers/promises';
import { openBed } from './bed.ts';
import type { Bench } from './bench.ts';
import { mebibytes, shown } from './figures.ts';
import { freezeNumbers } from './freezing.ts';
import { processFigures } from './process-figures.ts';
import { seededBy } from './seeded.ts';
import { table } from './table.ts';

/** What a worker may have more with five times the numbers. */
const mostGrowth = 1.2;
const looks = 20;
const betweenLooksMs = 1_000;

/** The least memory in a while without work: what is above it is garbage that nobody had to collect yet. */
async function settledBytes(metricsUrl: string): Promise<number> {
  let least = Number.POSITIVE_INFINITY;
  for (let look = 0; look < looks; look += 1) {
    await pause(betweenLooksMs);
    least = Math.min(least, (await processFigures(metricsUrl)).residentBytes);
  }
  return least;
}

/** A worker's memory with few and with many frozen numbers that somebody has a claim on. */
export const memoryBench: Bench = {
  name: 'memory',
  title: "A worker's memory and the number of frozen numbers",
  async run({ seed, quick, say }) {
    const [few, many] = quick ? [200, 1_000] : [1_000, 5_000];
    const bed = await openBed(say);
    try {
      const metricsUrl = `${bed.stack.workerUrl}/metrics`;
      const seeded = seededBy(seed);
      const idle = await settledBytes(metricsUrl);
      await freezeNumbers(bed, { seeded, count: few });
      say(`${few} numbers are frozen`);
      const withFew = await settledBytes(metricsUrl);
      await freezeNumbers(bed, { seeded, count: many - few });
      say(`${many} numbers are frozen`);
      const withMany = await settledBytes(metricsUrl);
      const growth = withMany / withFew;
      return {
        text: [
          `The resident memory of the worker of a stack as in production: the least in ${looks} s without work, after so many numbers with a claim were cancelled and their workflows sleep. The bound is ${mostGrowth} times.`,
          '',
          table(
            ['', 'worker', 'times'],
            [
              ['just started', mebibytes(idle), ''],
              [`${shown(few)} frozen numbers`, mebibytes(withFew), '1'],
              [`${shown(many)} frozen numbers`, mebibytes(withMany), shown(growth)],
            ],
          ),
        ].join('\n'),
        broken: growth < mostGrowth ? [] : [`${shown(growth)} times the memory, ${mostGrowth} at most`],
      };
    } finally {
      await bed.close();
    }
  },
};
