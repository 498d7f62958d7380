// Plain JavaScript without dependencies: the set-up runs it on whatever Node runs npm.
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

// A take-over of a dead holder's lock takes microseconds; one that is older was itself killed in the middle.
const TAKEOVER_MAX_MS = 10_000;

/** When the process began, as the system tells it: a number reused by another process has another mark. */
function startMarkOf(pid) {
  try {
    if (process.platform === 'linux') {
      // The name in brackets may hold spaces and brackets; of what follows it, the state is first and the start 20th.
      const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1).split(' ');
      // Ended, but not yet taken note of by its parent.
      return fields[0] === 'Z' ? undefined : fields[19];
    }
    if (process.platform === 'darwin') {
      return execFileSync('ps', ['-o', 'lstart=', '-p', String(pid)], { encoding: 'utf8' }).trim();
    }
  } catch {
    return undefined;
  }
  // A system that doesn't tell.
  return '';
}

export function processMark(pid) {
  return { pid, started: startMarkOf(pid) ?? '' };
}

export function isAlive(mark) {
  try {
    process.kill(mark.pid, 0);
  } catch (error) {
    // EPERM: it is there, and another user's.
    if (error.code !== 'EPERM') return false;
  }
  const started = startMarkOf(mark.pid);
  return started !== undefined && (mark.started === '' || mark.started === started);
}

function read(file) {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}

function parse(text) {
  try {
    const mark = JSON.parse(text);
    return Number.isInteger(mark.pid) ? mark : undefined;
  } catch {
    return undefined;
  }
}

/** A lock whose text can't be read yet is being written: it counts as held while it is young. */
function holderOf(file) {
  const text = read(file);
  if (text === undefined) return undefined;
  const mark = parse(text);
  if (mark !== undefined) return isAlive(mark) ? mark : undefined;
  return ageOf(file) < TAKEOVER_MAX_MS ? { pid: 0, started: '' } : undefined;
}

function ageOf(file) {
  try {
    return Date.now() - statSync(file).mtimeMs;
  } catch {
    return Number.POSITIVE_INFINITY;
  }
}

function create(file) {
  try {
    writeFileSync(file, JSON.stringify(processMark(process.pid)), { flag: 'wx' });
    return true;
  } catch (error) {
    if (error.code === 'EEXIST') return false;
    throw error;
  }
}

/** Removes the lock of a dead holder; only one at a time may, so that nobody removes the next holder's. */
function clearDead(file) {
  const takeover = `${file}.takeover`;
  if (existsSync(takeover) && ageOf(takeover) > TAKEOVER_MAX_MS) rmSync(takeover, { force: true });
  if (!create(takeover)) return;
  try {
    if (holderOf(file) === undefined) rmSync(file, { force: true });
  } finally {
    rmSync(takeover, { force: true });
  }
}

export function tryLock(file) {
  mkdirSync(dirname(file), { recursive: true });
  for (let attempt = 0; attempt < 2; attempt += 1) {
    if (create(file)) return { release: () => rmSync(file, { force: true }) };
    const holder = holderOf(file);
    if (holder !== undefined) return { holder };
    clearDead(file);
  }
  return { holder: holderOf(file) ?? { pid: 0, started: '' } };
}

export async function lockWhenFree(file, onWait) {
  let told = false;
  for (;;) {
    const lock = tryLock(file);
    if ('release' in lock) return lock;
    if (!told) onWait?.(lock.holder);
    told = true;
    // Who waits, waits for an installation or a build: a fifth of a second is soon enough.
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}
