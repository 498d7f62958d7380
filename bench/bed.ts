import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Client, Connection } from '@temporalio/client';
import { loadRegistry, type Registry } from '../carriers/registry.ts';
import { lastLine, runCommand } from '../dev/servers/command.ts';
import { type DataFolder, dataFolderAt } from '../dev/stack/data-folder.ts';
import { type Stack, startStack } from '../dev/stack/stack.ts';
import { createFieldCipher } from '../platform/field-cipher.ts';
import { createNumberHasher, type NumberHasher } from '../platform/hashing.ts';
import { type Keys, loadKeys } from '../platform/keys.ts';
import { connectStore } from '../store/connection.ts';
import { createStore, type Store } from '../store/store.ts';
import type { CalledServer } from './called-server.ts';
import { home } from './carrier-calls.ts';

/** A whole stack of real processes with empty data, and ways to look into it. */
export interface Bed {
  readonly stack: Stack;
  readonly folder: DataFolder;
  readonly store: Store;
  readonly hasher: NumberHasher;
  readonly keys: Keys;
  /** The provinces as the stack's processes know them. */
  readonly registry: Registry;
  /** A client that neither encrypts nor compresses: what a program without Linekeeper would use. */
  readonly bare: Client;
  /** Where {@link home} reports its events, and what it signs them with. */
  readonly feed: CalledServer & { readonly secret: string };
  close(): Promise<void>;
}

const builder = fileURLToPath(new URL('../worker/build-bundle.ts', import.meta.url));
/** Seconds; a crowded machine takes some times that. */
const buildWithinMs = 120_000;
const production = { NODE_ENV: 'production' };

/** A worker that bundles its own workflows keeps hundreds of megabytes of the bundler, which production never sees. */
async function buildBundle(): Promise<void> {
  const { code, output } = await runCommand({
    command: process.execPath,
    args: [builder],
    timeoutMs: buildWithinMs,
  });
  if (code !== 0) throw new Error(`The workflow bundle could not be built: ${lastLine(output)}`);
}

/** Starts a stack as in production, on free ports in a folder of its own; both are gone after `close`. */
export async function openBed(say: (line: string) => void): Promise<Bed> {
  say('building the workflow bundle');
  await buildBundle();
  const root = await mkdtemp(join(tmpdir(), 'linekeeper-bench-'));
  const forget = () => rm(root, { recursive: true, force: true });
  say('starting a stack');
  // A process that crashed must not come back unseen: its figures would be those of another one.
  const settings = { dataDir: root, quiet: true, autoRestart: false, env: production };
  const stack = await startStack(settings).catch(async (error) => {
    await forget();
    throw error;
  });
  const folder = dataFolderAt(root);
  const keys = loadKeys(folder.keys);
  const hasher = createNumberHasher(keys.numbers);
  const { endpoints } = stack;
  const store = createStore({
    connection: await connectStore({ url: endpoints.store }),
    cipher: createFieldCipher(keys.fields),
    hasher,
  });
  const connection = await Connection.connect({ address: endpoints.temporal });
  const system = endpoints.carriers[home.province]?.[home.system];
  if (system === undefined) throw new Error('The embedded registry lacks the system that calls');
  return {
    stack,
    folder,
    store,
    hasher,
    keys,
    registry: loadRegistry({ file: folder.registry, env: process.env, freeze: undefined }),
    bare: new Client({ connection }),
    feed: {
      url: system.eventsUrl,
      metricsUrl: `${endpoints.api}/metrics`,
      secret: system.webhookSecret,
    },
    async close() {
      await connection.close();
      await store.close();
      await stack.stop();
      await forget();
    },
  };
}
