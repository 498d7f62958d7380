import { existsSync, readdirSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { cachedEntry, cachedOrBuilt, cacheFolder } from '../../dev/servers/cache.ts';

describe('the cache of servers', () => {
  const before = process.env.LINEKEEPER_CACHE;
  let folder: string;
  let builds: number;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'linekeeper-test-'));
    process.env.LINEKEEPER_CACHE = folder;
    builds = 0;
  });

  afterEach(async () => {
    process.env.LINEKEEPER_CACHE = before ?? '';
    await rm(folder, { recursive: true, force: true });
  });

  const item = {
    key: 'thing-1.0',
    build: async (target: string) => {
      builds += 1;
      await writeFile(join(target, 'program'), 'works');
    },
    check: async (target: string) => {
      if ((await readFile(join(target, 'program'), 'utf8')) !== 'works') throw new Error('it does not run');
    },
    report: () => undefined,
  };

  it('missing → built once, and found from then on', async () => {
    const built = await cachedOrBuilt(item);
    const again = await cachedOrBuilt(item);

    expect(again).toBe(built);
    expect(await cachedEntry(item)).toBe(built);
    expect(builds).toBe(1);
  });

  it('wanted by several at once → built once', async () => {
    await Promise.all([cachedOrBuilt(item), cachedOrBuilt(item), cachedOrBuilt(item)]);

    expect(builds).toBe(1);
  });

  it('changed on the disk → refused by name, and built anew', async () => {
    const built = await cachedOrBuilt(item);
    await writeFile(join(built, 'program'), 'changed');

    await expect(cachedEntry(item)).rejects.toThrow('program in the cache is damaged');
    await cachedOrBuilt(item);

    expect(builds).toBe(2);
    expect(await cachedEntry(item)).toBe(built);
  });

  it('a build that fails → nothing is left in its place, and the reason is passed on', async () => {
    const failing = { ...item, build: () => Promise.reject(new Error('no compiler')) };

    await expect(cachedOrBuilt(failing)).rejects.toThrow('no compiler');

    expect(readdirSync(folder)).toEqual([]);
  });

  it('a build that brings something that does not run → not kept', async () => {
    const broken = { ...item, build: (target: string) => writeFile(join(target, 'program'), 'broken') };

    await expect(cachedOrBuilt(broken)).rejects.toThrow('it does not run');

    expect(existsSync(join(folder, item.key))).toBe(false);
  });

  it('the folder → LINEKEEPER_CACHE, or what the system keeps such things in', () => {
    expect(cacheFolder({ LINEKEEPER_CACHE: '/own' })).toBe('/own');
    if (process.platform === 'linux') {
      expect(cacheFolder({ XDG_CACHE_HOME: '/shared' })).toBe('/shared/linekeeper');
    }
  });
});
