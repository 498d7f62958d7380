import { chmod, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type CacheItem, cachedEntry, cachedOrBuilt } from './cache.ts';
import { findOnPath } from './command.ts';
import { download } from './download.ts';
import { freePort, isPortTaken } from './free-port.ts';
import { copyJars, findJava } from './maven.ts';
import { startProcess, waitUntilReady } from './server-process.ts';
import { firstThatWorks, type Report } from './ways.ts';

const VERSION = '1.38.0';
const PROGRAM = process.platform === 'win32' ? 'temporal-test-server.exe' : 'temporal-test-server';
// A JVM starts it in about a second.
const TRIAL_TIMEOUT_MS = 30_000;

function entry(build: (folder: string) => Promise<void>): CacheItem {
  return {
    key: `temporal-test-server-${VERSION}`,
    build: async (folder) => {
      await build(folder);
      await tryToStart(join(folder, PROGRAM), folder);
    },
    // That it starts was tried when it was built, and its checksums are compared.
    check: async () => undefined,
  };
}

/** Starts the program once, so that one that doesn't run is never kept. */
async function tryToStart(program: string, folder: string): Promise<void> {
  const port = await freePort();
  const logFile = join(folder, 'trial.log');
  const server = await startProcess({ command: program, args: [String(port)], logFile });
  try {
    await waitUntilReady({
      name: 'The time-skipping server',
      process: server,
      logFile,
      timeoutMs: TRIAL_TIMEOUT_MS,
      isReady: () => isPortTaken(port),
    });
  } finally {
    await server.kill();
    await rm(logFile, { force: true });
  }
}

async function fromMavenCentral(folder: string, report: Report): Promise<void> {
  if (process.platform === 'win32') throw new Error('the wrapper is a shell script');
  const java = await findJava('java');
  await copyJars({
    folder,
    libraries: [{ group: 'io.temporal', artifact: 'temporal-test-server', version: VERSION }],
    beforeDownload: () =>
      report('getting the time-skipping server from Maven Central (38 MB, about 10 seconds, once)'),
  });
  // Tests start it often and keep it for seconds: a quick start counts, the optimising compiler doesn't.
  const wrapper = `#!/bin/sh
exec "${java}" -XX:TieredStopAtLevel=1 -XX:+UseSerialGC -Xmx512m -cp "$(dirname "$0")/jars/*" io.temporal.testserver.TestServer "$@"
`;
  await writeFile(join(folder, PROGRAM), wrapper);
  await chmod(join(folder, PROGRAM), 0o755);
}

/**
 * The path of the time-skipping test server, to be given to `TestWorkflowEnvironment.createTimeSkipping` as
 * `server: {executable: {type: 'existing-path', path}}`. Got by the first way that works:
 * LINEKEEPER_TEST_SERVER_PROGRAM, the PATH, the cache, the SDK's download, Maven Central. Throws `NothingWorked`.
 */
export function testServerProgram(report: Report = () => undefined): Promise<string> {
  const given = process.env.LINEKEEPER_TEST_SERVER_PROGRAM;
  if (given !== undefined && given !== '') return Promise.resolve(given);
  return firstThatWorks({
    what: 'The time-skipping Temporal server',
    ways: [
      {
        how: 'temporal-test-server on the PATH',
        find: async () => {
          const program = findOnPath('temporal-test-server');
          if (program === undefined) throw new Error('not there');
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
                what: 'time-skipping',
                version: VERSION,
                from: 'https://temporal.download',
                announcement: 'downloading the time-skipping server (about 30 MB, once)',
              },
              folder,
              program: PROGRAM,
              report,
            });
          return join(await cachedOrBuilt({ ...entry(build), report }), PROGRAM);
        },
      },
      {
        how: 'Maven Central',
        find: async () => {
          const build = (folder: string) => fromMavenCentral(folder, report);
          return join(await cachedOrBuilt({ ...entry(build), report }), PROGRAM);
        },
      },
    ],
    advice: 'install Java 17 or newer and Maven',
  });
}
