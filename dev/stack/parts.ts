import mongoose from 'mongoose';
import { startStore } from '../servers/store.ts';
import { servesAll, startTemporal } from '../servers/temporal.ts';
import { rotateLog } from './data-folder.ts';
import { localUrl } from './endpoints.ts';
import { environmentOf, type StackFacts } from './environment.ts';
import { startOwnProcess } from './own-process.ts';
import { type OwnProgram, programFile, type StackSettings } from './settings.ts';
import type { Running } from './supervised.ts';

/** The processes of a stack in the order of their start; those in one row don't need each other. */
export const START_ORDER = [
  ['store', 'temporal'],
  ['issuer', 'simulator'],
  ['api', 'worker'],
] as const;

/** The name of a process of the stack. */
export type PartName = (typeof START_ORDER)[number][number];

const DATABASE = 'linekeeper';

/**
 * How each process is started, by name; it is ready when the promise is fulfilled. The store's full address is known
 * only when it runs, so its start writes it into `facts`, which the later ones read.
 */
export function partStarters(
  facts: StackFacts,
  report: (name: PartName, line: string) => void,
): Record<PartName, () => Promise<Running>> {
  const { folder, ports } = facts;
  const own = (name: OwnProgram, healthUrl: string) => () =>
    startOwnProcess({
      name,
      file: programFile(facts.settings, name),
      env: environmentOf(facts),
      logFile: folder.logOf(name),
      healthUrl,
    });
  return {
    store: async () => {
      const store = await startStore({
        port: ports.store,
        dataDir: folder.storeData,
        logFile: folder.logOf('store'),
        report: (line) => report('store', line),
      });
      facts.storeUrl = store.urlOf(DATABASE);
      return store;
    },
    temporal: () =>
      startTemporal({
        port: ports.temporal,
        dbFile: folder.temporalData,
        logFile: folder.logOf('temporal'),
        report: (line) => report('temporal', line),
      }),
    issuer: own('issuer', `${localUrl(ports.issuer)}/.well-known/openid-configuration`),
    simulator: own('simulator', `${localUrl(ports.simulator)}/health/live`),
    api: own('api', `${localUrl(ports.api)}/health/ready`),
    worker: own('worker', `${localUrl(ports.worker)}/health/ready`),
  };
}

/** Begins a new log for each process. */
export function rotateLogs(folder: StackFacts['folder']): void {
  for (const name of START_ORDER.flat()) rotateLog(folder.logOf(name));
}

// A server that was named by its address has to be there already.
const GIVEN_TIMEOUT_MS = 5_000;

/** Makes sure that the servers given by their address answer. Throws an `Error` that names each variable that is wrong. */
export async function checkGivenServers(settings: StackSettings): Promise<void> {
  const faults = await Promise.all([faultOfStore(settings), faultOfTemporal(settings)]);
  const found = faults.filter((fault) => fault !== undefined);
  if (found.length > 0) throw new Error(found.join('\n'));
}

async function faultOfStore({ storeUrl }: StackSettings): Promise<string | undefined> {
  if (storeUrl === undefined) return undefined;
  const { MongoClient } = mongoose.mongo;
  try {
    const client = new MongoClient(storeUrl, { serverSelectionTimeoutMS: GIVEN_TIMEOUT_MS });
    try {
      await client.db().command({ ping: 1 });
    } finally {
      await client.close();
    }
    return undefined;
  } catch {
    // The driver's message may repeat the address, which may hold a password.
    return 'The store at LINEKEEPER_STORE_URL does not answer.';
  }
}

async function faultOfTemporal({ temporalAddress, env }: StackSettings): Promise<string | undefined> {
  if (temporalAddress === undefined) return undefined;
  const namespace = env.LINEKEEPER_TEMPORAL_NAMESPACE ?? 'default';
  const tls = env.LINEKEEPER_TEMPORAL_TLS === 'on';
  try {
    await servesAll({ address: temporalAddress, namespaces: [namespace], tls });
    return undefined;
  } catch {
    return `Temporal at LINEKEEPER_TEMPORAL_ADDRESS (${temporalAddress}) does not answer, or has no namespace ${namespace}.`;
  }
}
