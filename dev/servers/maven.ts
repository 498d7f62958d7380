import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { findOnPath, lastLine, runCommand } from './command.ts';

/** Coordinates of a library on Maven Central. */
export type Library = { group: string; artifact: string; version: string };

// Some 40 jars; a slow line needs minutes, a line that is cut off must not hold the start for ever.
const DOWNLOAD_TIMEOUT_MS = 300_000;

function pomFor(libraries: Library[]): string {
  const dependencies = libraries.map(
    ({ group, artifact, version }) =>
      `<dependency><groupId>${group}</groupId><artifactId>${artifact}</artifactId><version>${version}</version></dependency>`,
  );
  return `<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>linekeeper</groupId><artifactId>servers</artifactId><version>1</version>
  <dependencies>${dependencies.join('')}</dependencies>
</project>
`;
}

/**
 * Puts the libraries and all they need into `<folder>/jars`. `beforeDownload` is called once it is sure that there is
 * a Maven. Throws when there is none, or when it fails.
 */
export async function copyJars(options: {
  folder: string;
  libraries: Library[];
  beforeDownload: () => void;
}): Promise<void> {
  const { folder, libraries } = options;
  const maven = findOnPath('mvn');
  if (maven === undefined) throw new Error('no mvn on the PATH');
  options.beforeDownload();
  const pom = join(folder, 'pom');
  await mkdir(pom, { recursive: true });
  await writeFile(join(pom, 'pom.xml'), pomFor(libraries));
  const { code, output } = await runCommand({
    command: maven,
    args: [
      '--batch-mode',
      '--quiet',
      'dependency:copy-dependencies',
      `-DoutputDirectory=${join(folder, 'jars')}`,
    ],
    cwd: pom,
    timeoutMs: DOWNLOAD_TIMEOUT_MS,
  });
  if (code !== 0) throw new Error(`mvn failed: ${firstError(output)}`);
  await rm(pom, { recursive: true });
}

/** Maven ends its output with hints; its first line marked as an error says what is wrong. */
function firstError(output: string): string {
  return output.split('\n').find((line) => line.includes('[ERROR]')) ?? lastLine(output);
}

// Older ones don't run classes that were compiled for 17, which both servers' jars and our launcher need.
const JAVA_RELEASE = 17;

/** The Java programs, `java` alone or with its compiler. Throws when they are missing or older than 17. */
export async function findJava(program: 'java' | 'javac'): Promise<string> {
  const home = process.env.JAVA_HOME;
  const path =
    findOnPath(program) ??
    (home === undefined ? undefined : findOnPath(program, { PATH: join(home, 'bin') }));
  if (path === undefined) throw new Error(`no ${program} on the PATH`);
  const { code, output } = await runCommand({ command: path, args: ['-version'], timeoutMs: 10_000 });
  const release = Number(/(?:version "|javac )(\d+)/.exec(output)?.[1]);
  if (code !== 0 || !(release >= JAVA_RELEASE)) {
    throw new Error(
      `${program} ${JAVA_RELEASE} or newer is needed, found: ${lastLine(output.split('\n')[0] ?? '')}`,
    );
  }
  return path;
}
