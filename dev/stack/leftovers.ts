import { existsSync, readFileSync, rmSync } from 'node:fs';
import { type HeldLock, isAlive, type ProcessMark, processMark, tryLock } from '../file-lock.mjs';
import { type DataFolder, writePrivately } from './data-folder.ts';
import { removeEndpoints } from './endpoints.ts';

/** A stack runs on the data folder already. */
class AlreadyRunning extends Error {
  override readonly name = 'AlreadyRunning';
}

/** Takes the data folder for this process. Throws `AlreadyRunning`, which names the process that has it. */
export function claimDataFolder(folder: DataFolder): HeldLock {
  const lock = tryLock(folder.lock);
  if ('release' in lock) return lock;
  throw new AlreadyRunning(
    [
      `A stack runs on ${folder.root} already (process ${lock.holder.pid}).`,
      `Its addresses are in ${folder.endpoints}. Stop it with Ctrl-C there, or set LINEKEEPER_DATA to another`,
      'folder (and LINEKEEPER_API_PORT and the others to 0 or other ports) to run a second one beside it.',
    ].join('\n'),
  );
}

/** Writes down which processes run, so that they are found if this one is killed. */
export function recordProcesses(folder: DataFolder, processes: Record<string, number>): void {
  const marks = Object.fromEntries(Object.entries(processes).map(([name, pid]) => [name, processMark(pid)]));
  writePrivately(folder.processes, `${JSON.stringify(processes, null, 2)}\n`);
  writePrivately(folder.processMarks, `${JSON.stringify(marks, null, 2)}\n`);
}

/** Nothing runs any more. */
export function forgetProcesses(folder: DataFolder): void {
  rmSync(folder.processes, { force: true });
  rmSync(folder.processMarks, { force: true });
}

// As long as the API and the worker may take for their running work (LINEKEEPER_SHUTDOWN_GRACE), and a little more.
const GRACE_MS = 30_000;

/**
 * Clears up after a stack of this folder that was killed: its addresses are wrong, and its processes may still run.
 * They are asked to stop, and killed when they don't. Call it while the folder is claimed.
 */
export async function clearLeftovers(folder: DataFolder, say: (line: string) => void): Promise<void> {
  const marks = readMarks(folder);
  // They were written down in the order of their start, and end the other way round.
  const alive = Object.entries(marks)
    .filter(([, mark]) => isAlive(mark))
    .reverse();
  if (existsSync(folder.endpoints) || alive.length > 0) {
    say(`the last stack on ${folder.root} was killed: going on where it was`);
  }
  removeEndpoints(folder);
  for (const [name, mark] of alive) {
    // Without a mark of its start another process may have got the number since.
    if (mark.started === '') {
      say(`its ${name} may still run as process ${mark.pid}: end it if a port is in use`);
      continue;
    }
    say(`its ${name} (process ${mark.pid}) still runs and is stopped`);
    await end(mark);
  }
  forgetProcesses(folder);
}

async function end(mark: ProcessMark): Promise<void> {
  const deadline = Date.now() + GRACE_MS;
  signal(mark, 'SIGTERM');
  while (isAlive(mark)) {
    if (Date.now() > deadline) signal(mark, 'SIGKILL');
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

function signal(mark: ProcessMark, name: NodeJS.Signals): void {
  try {
    process.kill(mark.pid, name);
  } catch {
    // Gone in the meantime.
  }
}

function readMarks(folder: DataFolder): Record<string, ProcessMark> {
  try {
    return JSON.parse(readFileSync(folder.processMarks, 'utf8'));
  } catch {
    return {};
  }
}
