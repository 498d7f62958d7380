import { startStore } from '../dev/servers/store.ts';
import { temporalProgram } from '../dev/servers/temporal.ts';
import { testServerProgram } from '../dev/servers/test-server.ts';
import { keepStore } from './test-store.ts';

/**
 * Before the first test: one store for the whole run, and the programs of the Temporal servers. Tests find them in
 * the environment: LINEKEEPER_TEST_STORE_URL (`mongodb://host:port`, without a database: each test makes its own),
 * LINEKEEPER_TEMPORAL_PROGRAM (which `startTemporal` uses) and LINEKEEPER_TEST_SERVER_PROGRAM.
 */
export default async function globalSetup(): Promise<void> {
  const report = (line: string) => {
    process.stderr.write(`${line}\n`);
  };
  const [store, temporal, testServer] = await Promise.all([
    startStoreUnlessGiven(report),
    temporalProgram(report),
    testServerProgram(report),
  ]);
  process.env.LINEKEEPER_TEST_STORE_URL = store;
  process.env.LINEKEEPER_TEMPORAL_PROGRAM = temporal;
  process.env.LINEKEEPER_TEST_SERVER_PROGRAM = testServer;
}

/** The same suite runs against a real MongoDB when its address is given. */
async function startStoreUnlessGiven(report: (line: string) => void): Promise<string> {
  const given = process.env.LINEKEEPER_TEST_STORE_URL;
  if (given !== undefined && given !== '') return given;
  const store = await startStore({ report });
  keepStore(store);
  return store.url;
}
