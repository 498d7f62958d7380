import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join, relative } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { lockWhenFree } from '../file-lock.mjs';
import type { Report } from './ways.ts';

const RECORD = 'entry.json';

type CacheRecord = { builtAt: string; checksums: Record<string, string> };

/** The folder that servers are kept in between starts and shared by all clones of the repository. */
export function cacheFolder(env: NodeJS.ProcessEnv = process.env): string {
  const own = env.LINEKEEPER_CACHE;
  if (own !== undefined && own !== '') return own;
  if (process.platform === 'win32') {
    return join(env.LOCALAPPDATA ?? join(homedir(), 'AppData', 'Local'), 'linekeeper', 'cache');
  }
  if (process.platform === 'darwin') return join(homedir(), 'Library', 'Caches', 'linekeeper');
  const shared = env.XDG_CACHE_HOME;
  return join(shared !== undefined && shared !== '' ? shared : join(homedir(), '.cache'), 'linekeeper');
}

/** A thing to be cached. `key` is its name with its version: another version is another entry. */
export type CacheItem = {
  key: string;
  /** Fills the empty folder. What it throws, the caller gets. */
  build: (folder: string) => Promise<void>;
  /** Throws when what the folder holds doesn't run or is of another version. */
  check: (folder: string) => Promise<void>;
};

/** The entry's folder when it is there and sound; throws with the reason otherwise. Never builds. */
export async function cachedEntry(item: CacheItem): Promise<string> {
  const folder = join(cacheFolder(), item.key);
  await verifyChecksums(folder);
  await item.check(folder);
  return folder;
}

/**
 * The entry's folder, built first where it is missing or broken. It is built beside its place and renamed,
 * so that a build that was interrupted is never taken for a whole one; of several processes one builds and
 * the others wait.
 */
export async function cachedOrBuilt(item: CacheItem & { report: Report }): Promise<string> {
  const root = cacheFolder();
  await mkdir(root, { recursive: true });
  const lock = await lockWhenFree(join(root, `${item.key}.lock`), (holder) =>
    item.report(`waiting for process ${holder.pid}, which is getting ${item.key} too`),
  );
  try {
    const sound = await cachedEntry(item).catch(() => undefined);
    if (sound !== undefined) return sound;
    await removeUnfinished(root, item.key);
    const folder = join(root, item.key);
    const building = await mkdtemp(join(root, `${item.key}.building-`));
    try {
      await item.build(building);
      await item.check(building);
      await recordChecksums(building);
      await rm(folder, { recursive: true, force: true });
      await rename(building, folder);
    } finally {
      await rm(building, { recursive: true, force: true });
    }
    return folder;
  } finally {
    lock.release();
  }
}

/** What a build that was killed left behind; nobody else builds this entry while the lock is held. */
async function removeUnfinished(root: string, key: string): Promise<void> {
  for (const name of await readdir(root)) {
    if (name.startsWith(`${key}.building-`)) await rm(join(root, name), { recursive: true, force: true });
  }
}

async function filesOf(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile() && entry.name !== RECORD)
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)))
    .sort();
}

async function checksum(file: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(file, { highWaterMark: 1024 * 1024 }), hash);
  return hash.digest('hex');
}

async function recordChecksums(folder: string): Promise<void> {
  const checksums: Record<string, string> = {};
  for (const file of await filesOf(folder)) checksums[file] = await checksum(join(folder, file));
  const record: CacheRecord = { builtAt: new Date().toISOString(), checksums };
  await writeFile(join(folder, RECORD), `${JSON.stringify(record, null, 2)}\n`);
}

async function verifyChecksums(folder: string): Promise<void> {
  const text = await readFile(join(folder, RECORD), 'utf8').catch(() => undefined);
  if (text === undefined) throw new Error('not in the cache');
  const record: CacheRecord = JSON.parse(text);
  for (const [file, expected] of Object.entries(record.checksums)) {
    const actual = await checksum(join(folder, file)).catch(() => 'missing');
    if (actual !== expected) throw new Error(`${file} in the cache is damaged`);
  }
}
