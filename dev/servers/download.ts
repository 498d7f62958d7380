import { chmod, mkdir, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { lastLine, runCommand } from './command.ts';
import type { Report } from './ways.ts';

/** What the libraries themselves can download, each with the server it comes from. */
export type Download = {
  what: 'dev-server' | 'time-skipping' | 'mongod';
  version: string;
  /** Asked first, because the libraries wait long for a network that isn't there. */
  from: string;
  /** Said once it is sure that the download begins. */
  announcement: string;
};

// A machine without a network answers at once or never; one with a network within a second.
const REACHABLE_TIMEOUT_MS = 3_000;
// 100 MB over a slow line; past that a build is quicker.
const DOWNLOAD_TIMEOUT_MS = 600_000;

/**
 * Lets the library download the program and puts it at `<folder>/<program>`. In a process of its own, so
 * that it can be ended, and so that the library's native parts aren't loaded here. Throws with the reason.
 */
export async function download(options: {
  item: Download;
  folder: string;
  program: string;
  report: Report;
}): Promise<void> {
  const { item, folder, program } = options;
  await fetch(item.from, { method: 'HEAD', signal: AbortSignal.timeout(REACHABLE_TIMEOUT_MS) }).catch(() => {
    throw new Error(`${item.from} is not reachable`);
  });
  options.report(item.announcement);
  const target = join(folder, 'download');
  await mkdir(target, { recursive: true });
  const { code, output } = await runCommand({
    command: process.execPath,
    args: [join(import.meta.dirname, 'download-program.ts'), item.what, item.version, target],
    timeoutMs: DOWNLOAD_TIMEOUT_MS,
  });
  if (code !== 0) throw new Error(`the download failed: ${lastLine(output)}`);
  const files = await readdir(target, { recursive: true, withFileTypes: true });
  const file = files.find((entry) => entry.isFile() && /mongod|temporal/.test(entry.name));
  if (file === undefined) throw new Error('the download brought no program');
  await rename(join(file.parentPath, file.name), join(folder, program));
  await chmod(join(folder, program), 0o755);
  await rm(target, { recursive: true, force: true });
}
