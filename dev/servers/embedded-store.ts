import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type CacheItem, cachedEntry, cachedOrBuilt } from './cache.ts';
import { lastLine, runCommand } from './command.ts';
import { copyJars, findJava } from './maven.ts';
import type { Report } from './ways.ts';

// The store for machines on which no mongod can be had: mongo-java-server keeping its data in an H2 file.
const VERSION = '1.47.0';
const LAUNCHER = join(import.meta.dirname, 'store', 'Launcher.java');
const COMPILE_TIMEOUT_MS = 60_000;

function item(report: Report): CacheItem {
  // Another launcher is another entry: the classes must be those of this very source.
  const source = createHash('sha256').update(readFileSync(LAUNCHER)).digest('hex').slice(0, 8);
  return {
    key: `embedded-store-${VERSION}-${source}`,
    build: async (folder) => {
      const compiler = await findJava('javac');
      await copyJars({
        folder,
        libraries: [
          { group: 'de.bwaldvogel', artifact: 'mongo-java-server', version: VERSION },
          { group: 'de.bwaldvogel', artifact: 'mongo-java-server-h2-backend', version: VERSION },
        ],
        beforeDownload: () =>
          report('getting the embedded store from Maven Central (6 MB, about 10 seconds, once)'),
      });
      const { code, output } = await runCommand({
        command: compiler,
        args: ['-cp', join(folder, 'jars', '*'), '-d', join(folder, 'classes'), LAUNCHER],
        timeoutMs: COMPILE_TIMEOUT_MS,
      });
      if (code !== 0) throw new Error(`javac failed: ${lastLine(output)}`);
    },
    check: async () => {
      await findJava('java');
    },
  };
}

/** The embedded store's folder in the cache; throws when it isn't there. */
export function cachedEmbeddedStore(): Promise<string> {
  return cachedEntry(item(() => undefined));
}

/** The embedded store's folder in the cache, built first where needed. Throws with the reason. */
export function builtEmbeddedStore(report: Report): Promise<string> {
  return cachedOrBuilt({ ...item(report), report });
}

/** The command that runs the embedded store of the cache folder. Throws when there is no Java. */
export async function embeddedStoreCommand(options: {
  folder: string;
  dataFolder: string;
  port: number;
}): Promise<{ command: string; args: string[] }> {
  const { folder, dataFolder, port } = options;
  const classPath = [join(folder, 'classes'), join(folder, 'jars', '*')];
  return {
    command: await findJava('java'),
    args: [
      // Enough for some hundred thousand documents; left alone the JVM would take a quarter of the machine.
      ...['-Xmx768m', '-XX:+UseSerialGC', '-Xshare:auto'],
      ...['-cp', classPath.join(process.platform === 'win32' ? ';' : ':')],
      ...['Launcher', dataFolder, String(port)],
    ],
  };
}
