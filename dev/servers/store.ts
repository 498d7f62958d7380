import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type CacheItem, cachedEntry, cachedOrBuilt } from './cache.ts';
import { findOnPath, lastLine, runCommand } from './command.ts';
import { download } from './download.ts';
import { builtEmbeddedStore, cachedEmbeddedStore, embeddedStoreCommand } from './embedded-store.ts';
import { freePort } from './free-port.ts';
import { type Ending, startProcess, waitUntilReady } from './server-process.ts';
import { firstThatWorks, type Report, type Way } from './ways.ts';

// What the library downloads by default, named here so that the cache's entry can be.
const MONGOD_VERSION = '8.2.6';
const PROGRAM = process.platform === 'win32' ? 'mongod.exe' : 'mongod';
// The driver of mongoose 9 talks to 4.2 and newer; 5.0 is the oldest that is tried here.
const OLDEST_MONGOD = 5;
const VERSION_TIMEOUT_MS = 10_000;
// A JVM or a mongod is up within two seconds; after a kill mongod first replays its journal.
const START_TIMEOUT_MS = 60_000;
// Nobody may wait on a port of this machine for longer.
const CONNECT_TIMEOUT_MS = 1_000;

/** A running store. */
export type StoreServer = {
  /** `mongodb://127.0.0.1:port`, without a database. */
  url: string;
  /** The address of a database, with the options that make an acknowledged write survive a kill. */
  urlOf: (database: string) => string;
  /** `mongod`, or `embedded` where none could be had. */
  engine: Engine['kind'];
  pid: number;
  ended: Promise<Ending>;
  isRunning: () => boolean;
  stop: () => Promise<void>;
  kill: () => Promise<void>;
};

type Engine = { kind: 'mongod'; program: string } | { kind: 'embedded'; folder: string };

function mongodEntry(build: (folder: string) => Promise<void>): CacheItem {
  return { key: `mongod-${MONGOD_VERSION}`, build, check: (folder) => checkMongod(join(folder, PROGRAM)) };
}

async function checkMongod(program: string): Promise<void> {
  const { code, output } = await runCommand({
    command: program,
    args: ['--version'],
    timeoutMs: VERSION_TIMEOUT_MS,
  });
  const major = Number(/db version v(\d+)/.exec(output)?.[1]);
  if (code !== 0 || !(major >= OLDEST_MONGOD)) {
    throw new Error(`mongod ${OLDEST_MONGOD} or newer is wanted, found: ${lastLine(output)}`);
  }
}

function mongodWays(report: Report): { cached: Way<Engine>[]; fetched: Way<Engine>[] } {
  const build = (folder: string) =>
    download({
      item: {
        what: 'mongod',
        version: MONGOD_VERSION,
        from: 'https://fastdl.mongodb.org',
        announcement: 'downloading mongod (about 100 MB, once)',
      },
      folder,
      program: PROGRAM,
      report,
    });
  return {
    cached: [
      {
        how: 'mongod on the PATH',
        find: async () => {
          const program = findOnPath('mongod');
          if (program === undefined) throw new Error('not there');
          await checkMongod(program);
          return { kind: 'mongod', program };
        },
      },
      {
        how: 'mongod in the cache',
        find: async () => ({ kind: 'mongod', program: join(await cachedEntry(mongodEntry(build)), PROGRAM) }),
      },
    ],
    fetched: [
      {
        how: 'a download by mongodb-memory-server',
        find: async () => ({
          kind: 'mongod',
          program: join(await cachedOrBuilt({ ...mongodEntry(build), report }), PROGRAM),
        }),
      },
    ],
  };
}

function embeddedWays(report: Report): { cached: Way<Engine>[]; fetched: Way<Engine>[] } {
  return {
    cached: [
      {
        how: 'the embedded store in the cache',
        find: async () => ({ kind: 'embedded', folder: await cachedEmbeddedStore() }),
      },
    ],
    fetched: [
      {
        how: 'the embedded store from Maven Central',
        find: async () => ({ kind: 'embedded', folder: await builtEmbeddedStore(report) }),
      },
    ],
  };
}

/** The folder's data are one engine's; another engine would begin with an empty store beside them. */
function engineOf(dataFolder: string): Engine['kind'] | undefined {
  if (existsSync(join(dataFolder, 'store.mv'))) return 'embedded';
  return existsSync(join(dataFolder, 'WiredTiger')) ? 'mongod' : undefined;
}

function findEngine(dataFolder: string, report: Report): Promise<Engine> {
  const bound = engineOf(dataFolder);
  const usable = [
    ...(bound === 'embedded' ? [] : [mongodWays(report)]),
    ...(bound === 'mongod' ? [] : [embeddedWays(report)]),
  ];
  return firstThatWorks({
    what: bound === undefined ? 'The store' : `The store (${bound}, which wrote ${dataFolder})`,
    ways: [...usable.flatMap((engine) => engine.cached), ...usable.flatMap((engine) => engine.fetched)],
    advice:
      'install MongoDB (https://www.mongodb.com/docs/manual/installation/) or Java 17 or newer with Maven, or set LINEKEEPER_STORE_URL to a running server',
  });
}

/**
 * Starts a store on 127.0.0.1 and waits until it can be connected to. `dataDir` keeps what is written;
 * without one everything is gone when it stops. `port` 0 or none picks a free one.
 */
export async function startStore(
  options: { port?: number; dataDir?: string; logFile?: string; report?: Report } = {},
): Promise<StoreServer> {
  const scratch = await mkdtemp(join(tmpdir(), 'linekeeper-store-'));
  const dataFolder = options.dataDir ?? join(scratch, 'data');
  const logFile = options.logFile ?? join(scratch, 'store.log');
  const engine = await findEngine(dataFolder, options.report ?? (() => undefined));
  await mkdir(dataFolder, { recursive: true, mode: 0o700 });
  const port = options.port === undefined || options.port === 0 ? await freePort() : options.port;
  const server = await startProcess({ ...(await commandFor({ engine, dataFolder, port })), logFile });
  void server.ended.then(() => rm(scratch, { recursive: true, force: true }));
  try {
    await waitUntilReady({
      name: 'The store',
      process: server,
      logFile,
      timeoutMs: START_TIMEOUT_MS,
      isReady: () => isListening(port),
    });
  } catch (error) {
    await server.kill();
    throw error;
  }
  const url = `mongodb://127.0.0.1:${port}`;
  // mongod acknowledges before its journal is on disk unless asked not to; the embedded store always waits.
  const durable = engine.kind === 'mongod' ? '?journal=true' : '';
  return { url, urlOf: (database) => `${url}/${database}${durable}`, engine: engine.kind, ...server };
}

function commandFor(options: {
  engine: Engine;
  dataFolder: string;
  port: number;
}): Promise<{ command: string; args: string[] }> {
  const { engine, dataFolder, port } = options;
  if (engine.kind === 'embedded') return embeddedStoreCommand({ folder: engine.folder, dataFolder, port });
  return Promise.resolve({
    command: engine.program,
    args: ['--dbpath', dataFolder, '--bind_ip', '127.0.0.1', '--port', String(port), '--quiet'],
  });
}

function isListening(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: '127.0.0.1', port, timeout: CONNECT_TIMEOUT_MS });
    const settle = (listening: boolean) => {
      socket.destroy();
      resolve(listening);
    };
    socket.once('connect', () => settle(true));
    socket.once('error', () => settle(false));
    socket.once('timeout', () => settle(false));
  });
}
