import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { Connection } from '@temporalio/client';
import { type CacheItem, cachedEntry, cachedOrBuilt } from './cache.ts';
import { findOnPath, lastLine, runCommand } from './command.ts';
import { download } from './download.ts';
import { freePort } from './free-port.ts';
import { type Ending, startProcess, waitUntilReady } from './server-process.ts';
import { firstThatWorks, type Report } from './ways.ts';

// The last tag of the CLI that can be built from the Go modules alone; later ones need a replaced module.
const CLI_VERSION = '1.5.1';
const SERVER_VERSION = '1.29.1';
const PROGRAM = process.platform === 'win32' ? 'temporal.exe' : 'temporal';

// Two to three minutes on two cores; a machine that needs ten times that is stuck.
const BUILD_TIMEOUT_MS = 1_800_000;
const VERSION_TIMEOUT_MS = 10_000;
// A new database takes about a second, a big one some more; on a busy machine all of it several times.
const START_TIMEOUT_MS = 60_000;

/** A running Temporal dev server. */
export type TemporalServer = {
  /** host:port of its gRPC service. */
  address: string;
  pid: number;
  ended: Promise<Ending>;
  isRunning: () => boolean;
  stop: () => Promise<void>;
  kill: () => Promise<void>;
};

function entry(build: (folder: string) => Promise<void>): CacheItem {
  return {
    key: `temporal-cli-${CLI_VERSION}`,
    build,
    check: (folder) => checkVersion(join(folder, PROGRAM), SERVER_VERSION),
  };
}

async function checkVersion(program: string, server: string | undefined): Promise<void> {
  const { code, output } = await runCommand({
    command: program,
    args: ['--version'],
    timeoutMs: VERSION_TIMEOUT_MS,
  });
  if (code !== 0 || !/^temporal version/.test(output)) throw new Error(`it doesn't run: ${lastLine(output)}`);
  if (server !== undefined && !output.includes(`Server ${server}`)) {
    throw new Error(`server ${server} is wanted, found: ${lastLine(output)}`);
  }
}

async function buildFromModules(folder: string, report: Report): Promise<void> {
  const go = findOnPath('go');
  if (go === undefined) throw new Error('no go on the PATH');
  report('building Temporal from its Go modules (2 to 5 minutes, once)');
  const { code, output } = await runCommand({
    command: go,
    args: ['install', `github.com/temporalio/cli/cmd/temporal@v${CLI_VERSION}`],
    timeoutMs: BUILD_TIMEOUT_MS,
    cwd: folder,
    env: { ...process.env, GOBIN: folder },
  });
  if (code !== 0) throw new Error(`go install failed: ${lastLine(output)}`);
}

/**
 * The path of the Temporal CLI, got by the first way that works: LINEKEEPER_TEMPORAL_PROGRAM, the PATH, the
 * cache, the SDK's download, a build from the Go modules. Throws `NothingWorked`.
 */
export function temporalProgram(report: Report = () => undefined): Promise<string> {
  const given = process.env.LINEKEEPER_TEMPORAL_PROGRAM;
  if (given !== undefined && given !== '') return Promise.resolve(given);
  return firstThatWorks({
    what: 'The Temporal server',
    ways: [
      {
        how: 'temporal on the PATH',
        find: async () => {
          const program = findOnPath('temporal');
          if (program === undefined) throw new Error('not there');
          await checkVersion(program, undefined);
          return program;
        },
      },
      { how: 'the cache', find: async () => join(await cachedEntry(entry(async () => undefined)), PROGRAM) },
      {
        how: 'a download by the Temporal SDK',
        find: async () => {
          const build = (folder: string) =>
            download({
              item: {
                what: 'dev-server',
                version: CLI_VERSION,
                from: 'https://temporal.download',
                announcement: 'downloading Temporal (about 100 MB, once)',
              },
              folder,
              program: PROGRAM,
              report,
            });
          return join(await cachedOrBuilt({ ...entry(build), report }), PROGRAM);
        },
      },
      {
        how: 'a build from the Go modules',
        find: async () => {
          const build = (folder: string) => buildFromModules(folder, report);
          return join(await cachedOrBuilt({ ...entry(build), report }), PROGRAM);
        },
      },
    ],
    advice:
      'install the Temporal CLI (https://docs.temporal.io/cli) or Go 1.25 or newer, or set LINEKEEPER_TEMPORAL_ADDRESS to a running server',
  });
}

/**
 * Starts a Temporal dev server on 127.0.0.1 and waits until it serves. With `dbFile` it keeps its state
 * there; without one everything is gone when it stops. `port` 0 or none picks a free one.
 */
export async function startTemporal(
  options: { port?: number; dbFile?: string; namespaces?: string[]; logFile?: string; report?: Report } = {},
): Promise<TemporalServer> {
  const program = await temporalProgram(options.report);
  const port = options.port === undefined || options.port === 0 ? await freePort() : options.port;
  const scratch =
    options.logFile === undefined ? await mkdtemp(join(tmpdir(), 'linekeeper-temporal-')) : undefined;
  const logFile = options.logFile ?? join(scratch ?? '', 'temporal.log');
  if (options.dbFile !== undefined) await mkdir(dirname(options.dbFile), { recursive: true });
  const address = `127.0.0.1:${port}`;
  const server = await startProcess({
    command: program,
    args: [
      ...['server', 'start-dev', '--headless', '--ip', '127.0.0.1', '--port', String(port)],
      ...['--log-level', 'warn', '--log-format', 'json'],
      // A commit to a write-ahead log waits for the disk once, not several times, and what was committed is as safe.
      ...(options.dbFile === undefined
        ? []
        : ['--db-filename', options.dbFile, '--sqlite-pragma', 'journal_mode=wal']),
      ...(options.namespaces ?? []).flatMap((namespace) => ['--namespace', namespace]),
    ],
    logFile,
  });
  void server.ended.then(async () => {
    if (scratch !== undefined) await rm(scratch, { recursive: true, force: true });
  });
  const namespaces = ['default', ...(options.namespaces ?? [])];
  try {
    await waitUntilReady({
      name: 'Temporal',
      process: server,
      logFile,
      timeoutMs: START_TIMEOUT_MS,
      isReady: () => servesAll({ address, namespaces, tls: false }),
    });
  } catch (error) {
    await server.kill();
    throw error;
  }
  return { address, ...server };
}

/** Whether a Temporal server answers at the address and knows the namespaces. Throws when it doesn't answer. */
export async function servesAll(options: {
  address: string;
  namespaces: string[];
  tls: boolean;
}): Promise<boolean> {
  const { address, namespaces, tls } = options;
  // Only asked on this machine or of an address that was given: one that doesn't answer in a second isn't up.
  const connection = await Connection.connect({ address, tls, connectTimeout: '1s' });
  try {
    for (const namespace of namespaces) await connection.workflowService.describeNamespace({ namespace });
    return true;
  } finally {
    await connection.close();
  }
}
