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

/** Makes sure that the servers given by their address answer. Throws an `Error` that names the variable. */
export async function checkGivenServers(settings: StackSettings): Promise<void> {
  if (settings.storeUrl !== undefined) {
    const client = new mongoose.mongo.MongoClient(settings.storeUrl, {
      serverSelectionTimeoutMS: GIVEN_TIMEOUT_MS,
    });
    try {
      await client.db().command({ ping: 1 });
    } catch {
      // The driver's message may repeat the address, which may hold a password.
      throw new Error('The store at LINEKEEPER_STORE_URL does not answer.');
    } finally {
      await client.close();
    }
  }
  const { temporalAddress } = settings;
  if (temporalAddress !== undefined) {
    const namespace = settings.env.LINEKEEPER_TEMPORAL_NAMESPACE ?? 'default';
    const tls = settings.env.LINEKEEPER_TEMPORAL_TLS === 'on';
    await servesAll({ address: temporalAddress, namespaces: [namespace], tls }).catch(() => {
      throw new Error(
        `Temporal at LINEKEEPER_TEMPORAL_ADDRESS (${temporalAddress}) does not answer, or has no namespace ${namespace}.`,
      );
    });
  }
}
