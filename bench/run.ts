import { parseArgs } from 'node:util';
import { batchBench } from './batch.ts';
import type { Bench } from './bench.ts';
import { bytesBench } from './bytes.ts';
import { effectBench } from './effect.ts';
import { eventBench } from './event.ts';
import { gateBench } from './gate.ts';
import { lookupsBench } from './lookups.ts';
import { describeMachine } from './machine.ts';
import { memoryBench } from './memory.ts';
import { registrationBench } from './registration.ts';
import { takeOverBench } from './take-over.ts';

const benches: readonly Bench[] = [
  eventBench,
  batchBench,
  effectBench,
  registrationBench,
  takeOverBench,
  gateBench,
  lookupsBench,
  bytesBench,
  memoryBench,
];

/** Any number does; this one is in the documented results. */
const defaultSeed = 20_261_124;

/** `npm run bench [-- names] [--quick] [--seed=N]`: Markdown on stdout, progress on stderr; 1 when a bound is broken. */
async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      quick: { type: 'boolean', default: false },
      seed: { type: 'string', default: String(defaultSeed) },
    },
  });
  const unknown = positionals.filter((name) => benches.every((bench) => bench.name !== name));
  if (unknown.length > 0 || !/^\d+$/.test(values.seed)) {
    throw new Error(
      `Usage: npm run bench -- [${benches.map(({ name }) => name).join('|')}]… [--quick] [--seed=N]`,
    );
  }
  const chosen = benches.filter(({ name }) => positionals.length === 0 || positionals.includes(name));
  const seed = Number(values.seed);

  console.log(
    [
      `- command: \`npm run bench${process.argv.length > 2 ? ' --' : ''}${process.argv
        .slice(2)
        .map((argument) => ` ${argument}`)
        .join('')}\`, seed ${seed}`,
      `- date: ${new Date().toISOString().slice(0, 10)}`,
      ...describeMachine().map((line) => `- ${line}`),
    ].join('\n'),
  );
  const broken: string[] = [];
  for (const bench of chosen) {
    const say = (line: string) => console.error(`${bench.name}: ${line}`);
    const findings = await bench.run({ seed, quick: values.quick, say });
    console.log(`\n## ${bench.title}\n\n\`npm run bench -- ${bench.name}\`. ${findings.text}`);
    broken.push(...findings.broken.map((bound) => `${bench.name}: ${bound}`));
  }
  for (const bound of broken) console.error(`BROKEN ${bound}`);
  if (broken.length > 0) process.exitCode = 1;
}

// Whatever ends a run, its servers end with it: they are asked to stop when this process exits.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1));

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
