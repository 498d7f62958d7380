import { join, relative } from 'node:path';
import { bundleWorkflows } from '../worker/bundle.ts';

/**
 * Holds what the workflow bundle is made of. Workflows may name the types of activities, never their code, and the
 * checker of imports can't tell the two apart; the bundle can. Small bundles also keep cached workflows small.
 */
const allowed = [/^workflows\//, /^domain\//, /^platform\/temporal\/failure-converter\.ts$/];

const quiet = { trace() {}, debug() {}, info() {}, warn() {}, error() {}, log() {} };
const { code } = await bundleWorkflows(quiet);
const encoded = /sourceMappingURL=data:application\/json;[^,]*base64,([A-Za-z0-9+/=]+)/.exec(code)?.[1];
if (encoded === undefined) throw new Error('the workflow bundle has no source map to check');
const { sources }: { sources: string[] } = JSON.parse(Buffer.from(encoded, 'base64').toString());

const ours = sources
  .map((source) => relative(join(import.meta.dirname, '..'), source).replaceAll('\\', '/'))
  .filter((source) => source.endsWith('.ts') && !source.includes('node_modules'));
const intruders = ours.filter((source) => !allowed.some((place) => place.test(source)));
if (ours.length === 0) throw new Error('the source map of the workflow bundle names nothing of ours');
if (intruders.length > 0) {
  console.error(
    `The workflow bundle must not hold: ${intruders.join(', ')} (import them by \`import type\`)`,
  );
  process.exit(1);
}
