import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, mkdirSync, openSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { Socket } from 'node:net';
import { dirname } from 'node:path';
import { endWithUs } from './end-with-us.ts';
import { reasonIn } from './log-reason.ts';

/** How a process ended: one of the two is set. */
export type Ending = { code: number | null; signal: NodeJS.Signals | null };

/** A process that was started here. */
export type ServerProcess = {
  pid: number;
  /** Settles when the process has ended, for whatever reason. */
  ended: Promise<Ending>;
  isRunning: () => boolean;
  /** Asks it to stop (SIGTERM), waits until it has, and kills it after `STOP_GRACE_MS`. */
  stop: () => Promise<void>;
  /** Kills it at once (SIGKILL) and waits until it is gone. */
  kill: () => Promise<void>;
};

// Longer than the API and the worker grant their own running work (LINEKEEPER_SHUTDOWN_GRACE, 20 s).
const STOP_GRACE_MS = 30_000;

/**
 * Starts a program with its output in `logFile`. It gets a process group of its own: Ctrl-C in a terminal
 * reaches every process of the group at once, and the servers have to be stopped one after the other.
 * Its standard input stays open as long as this process lives, so that a program can notice its end.
 */
export async function startProcess(options: {
  command: string;
  args: string[];
  logFile: string;
  cwd?: string;
  env?: NodeJS.ProcessEnv;
}): Promise<ServerProcess> {
  mkdirSync(dirname(options.logFile), { recursive: true });
  const log = openSync(options.logFile, 'a', 0o600);
  const child = spawn(options.command, options.args, {
    cwd: options.cwd,
    env: options.env ?? process.env,
    stdio: ['pipe', log, log],
    detached: process.platform !== 'win32',
    windowsHide: true,
  });
  closeSync(log);
  endWithUs(child);
  const ended = endingOf(child);
  await spawned(child);
  // Neither the process nor the pipe to it keeps this one from ending.
  child.unref();
  if (child.stdin instanceof Socket) child.stdin.unref();
  child.stdin?.on('error', () => undefined);
  const isRunning = () => child.exitCode === null && child.signalCode === null;
  return {
    pid: child.pid ?? 0,
    ended,
    isRunning,
    stop: async () => {
      if (isRunning()) child.kill('SIGTERM');
      const timer = setTimeout(() => child.kill('SIGKILL'), STOP_GRACE_MS);
      child.ref();
      await ended;
      clearTimeout(timer);
    },
    kill: async () => {
      if (isRunning()) child.kill('SIGKILL');
      child.ref();
      await ended;
    },
  };
}

/**
 * Waits until `isReady` says so, asking every 100 ms. Throws when the process ends first, or after
 * `timeoutMs`, each with the reason that its log gives.
 */
export async function waitUntilReady(options: {
  name: string;
  process: ServerProcess;
  logFile: string;
  timeoutMs: number;
  isReady: () => Promise<boolean>;
}): Promise<void> {
  const deadline = Date.now() + options.timeoutMs;
  for (;;) {
    if (await options.isReady().catch(() => false)) return;
    const log = async () => reasonIn(await readFile(options.logFile, 'utf8').catch(() => ''));
    if (!options.process.isRunning()) {
      throw new Error(`${options.name} ended while starting: ${await log()} (${options.logFile})`);
    }
    if (Date.now() > deadline) {
      throw new Error(
        `${options.name} was not ready after ${options.timeoutMs} ms: ${await log()} (${options.logFile})`,
      );
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

function spawned(child: ChildProcess): Promise<void> {
  return new Promise((resolve, reject) => {
    child.once('spawn', resolve);
    child.once('error', reject);
  });
}

function endingOf(child: ChildProcess): Promise<Ending> {
  return new Promise((resolve) => {
    child.once('exit', (code, signal) => resolve({ code, signal }));
    child.once('error', () => resolve({ code: null, signal: null }));
  });
}
