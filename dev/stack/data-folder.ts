import { mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Where a stack keeps what outlives it. */
export type DataFolder = {
  root: string;
  /** The addresses, there while the stack is ready. */
  endpoints: string;
  /** Process ids by name, there while the stack runs. */
  processes: string;
  /** The same processes with what tells them from later ones of the same number. */
  processMarks: string;
  lock: string;
  secrets: string;
  keys: string;
  registry: string;
  simulatorConfig: string;
  simulatorData: string;
  issuerConfig: string;
  temporalData: string;
  storeData: string;
  logs: string;
  logOf: (name: string) => string;
};

/** The files of a data folder; nothing is made yet. */
export function dataFolderAt(root: string): DataFolder {
  const logs = join(root, 'logs');
  return {
    root,
    endpoints: join(root, 'endpoints.json'),
    processes: join(root, 'processes.json'),
    processMarks: join(root, 'process-marks.json'),
    lock: join(root, 'stack.lock'),
    secrets: join(root, 'secrets.json'),
    keys: join(root, 'keys.json'),
    registry: join(root, 'registry.yaml'),
    simulatorConfig: join(root, 'simulator.json'),
    simulatorData: join(root, 'simulator.sqlite'),
    issuerConfig: join(root, 'issuer.json'),
    temporalData: join(root, 'temporal.sqlite'),
    storeData: join(root, 'store'),
    logs,
    logOf: (name) => join(logs, `${name}.log`),
  };
}

/** Makes the folder, for its owner only: it holds keys, secrets and people's data. */
export function createDataFolder(folder: DataFolder): void {
  mkdirSync(folder.root, { recursive: true, mode: 0o700 });
  mkdirSync(folder.logs, { recursive: true, mode: 0o700 });
}

/** Writes a file for its owner only, whole or not at all. */
export function writePrivately(file: string, text: string): void {
  const beside = `${file}.${process.pid}.new`;
  rmSync(beside, { force: true });
  writeFileSync(beside, text, { mode: 0o600 });
  renameSync(beside, file);
}

// This start and the three before it: enough to see what went wrong yesterday.
const KEPT_LOGS = 3;

/** Begins a new log for this start; the ones before it move on to `.1`, `.2`, `.3`, and the oldest goes. */
export function rotateLog(file: string): void {
  rmSync(`${file}.${KEPT_LOGS}`, { force: true });
  for (let age = KEPT_LOGS - 1; age >= 0; age -= 1) {
    try {
      renameSync(age === 0 ? file : `${file}.${age}`, `${file}.${age + 1}`);
    } catch {
      // There weren't so many starts yet.
    }
  }
}
