import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isAlive, lockWhenFree, processMark, tryLock } from '../../dev/file-lock.mjs';
import { startProcess } from '../../dev/servers/server-process.ts';

describe('a lock file', () => {
  let folder: string;
  let file: string;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'linekeeper-test-'));
    file = join(folder, 'some.lock');
  });

  afterEach(() => rm(folder, { recursive: true, force: true }));

  it('free → taken; held by a living process → refused with its id; released → free again', () => {
    const first = tryLock(file);
    const second = tryLock(file);

    expect(second).toEqual({ holder: processMark(process.pid) });
    if ('release' in first) first.release();
    expect(tryLock(file)).toHaveProperty('release');
  });

  it('held by a process that is gone → taken over', async () => {
    const holder = await startProcess({
      command: process.execPath,
      args: ['-e', 'setInterval(() => {}, 1000)'],
      logFile: join(folder, 'holder.log'),
    });
    await writeFile(file, JSON.stringify(processMark(holder.pid)));
    expect(tryLock(file)).toHaveProperty('holder.pid', holder.pid);

    await holder.kill();

    expect(tryLock(file)).toHaveProperty('release');
  });

  it('held by an earlier process of the same number → taken over', async () => {
    await writeFile(file, JSON.stringify({ pid: process.pid, started: 'long ago' }));

    expect(tryLock(file)).toHaveProperty('release');
  });

  it('being written by somebody → counts as held', async () => {
    await writeFile(file, '');

    expect(tryLock(file)).toHaveProperty('holder');
  });

  it('several wait for it → one after the other has it', async () => {
    let inside = 0;
    let most = 0;
    const work = async () => {
      const lock = await lockWhenFree(file);
      inside += 1;
      most = Math.max(most, inside);
      await new Promise((resolve) => setImmediate(resolve));
      inside -= 1;
      lock.release();
    };

    await Promise.all([work(), work(), work()]);

    expect(most).toBe(1);
  });

  it('a process that never was → not alive', () => {
    // Above the greatest process number of any Linux.
    expect(isAlive({ pid: 2 ** 30, started: '' })).toBe(false);
  });
});
