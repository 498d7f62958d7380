import { existsSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type DurationMs, parseDuration } from '../../domain/instant.ts';
import { dataFolderAt } from '../stack/data-folder.ts';
import type { Endpoints } from '../stack/endpoints.ts';
import { FREE_PORTS } from '../stack/ports.ts';
import type { Progress } from '../stack/progress.ts';
import { settingsFrom } from '../stack/settings.ts';
import { prepareStack } from '../stack/stack.ts';

/** Long enough to see a number frozen and take another one back, short enough to be watched to its end. */
const SHORTEST_FREEZE: DurationMs = 8_000;
const LONGEST_FREEZE: DurationMs = 45_000;
const OWN_FREEZE = 'PT15S';

/** A stack that answers does so at once. */
const HEALTH_TIMEOUT_MS = 5_000;

/** A stack to play on, or why there is none in the data folder. */
export type FoundStack =
  | { readonly endpoints: Endpoints; readonly why?: never }
  | { readonly endpoints?: never; readonly why: string };

/** Looks for a running stack in a data folder whose freeze can be watched. */
export async function findStack(dataDir: string): Promise<FoundStack> {
  const file = dataFolderAt(dataDir).endpoints;
  if (!existsSync(file)) return { why: `No stack runs on ${dataDir}.` };
  const endpoints: Endpoints = JSON.parse(readFileSync(file, 'utf8'));
  const freeze = parseDuration(endpoints.freeze);
  if (!freeze.ok || freeze.value < SHORTEST_FREEZE || freeze.value > LONGEST_FREEZE) {
    return {
      why: `The stack on ${dataDir} freezes numbers for ${endpoints.freeze}, which can't be watched.`,
    };
  }
  const url = `${endpoints.api}/health/ready`;
  const isReady = await fetch(url, { signal: AbortSignal.timeout(HEALTH_TIMEOUT_MS) }).then(
    ({ ok }) => ok,
    () => false,
  );
  return isReady ? { endpoints } : { why: `The stack on ${dataDir} doesn't answer, or isn't ready.` };
}

/** A stack of the demo's own, in a folder that goes with it. It can be stopped even while it starts. */
export function ownStack(progress: Progress): { start: () => Promise<Endpoints>; stop: () => Promise<void> } {
  const folder = mkdtemp(join(tmpdir(), 'linekeeper-demo-'));
  // Nothing of this process's settings: what is at the addresses that they name isn't the demo's to fill.
  const prepared = folder.then((dataDir) =>
    prepareStack(
      { ...settingsFrom({ LINEKEEPER_DATA: dataDir, LINEKEEPER_FREEZE: OWN_FREEZE }), ports: FREE_PORTS },
      progress,
    ),
  );
  return {
    start: async () => (await (await prepared).start()).endpoints,
    stop: async () => {
      await (await prepared).stop();
      await rm(await folder, { recursive: true, force: true });
    },
  };
}
