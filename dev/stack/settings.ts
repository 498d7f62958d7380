import { join, resolve } from 'node:path';
import { parseDuration } from '../../domain/instant.ts';
import { portsFrom, type WantedPorts } from './ports.ts';

/** The programs of the stack that are our own. */
export type OwnProgram = 'api' | 'worker' | 'simulator' | 'issuer';

/** How a stack is to run. */
export type StackSettings = {
  /** Where it keeps everything; two stacks need two. */
  dataDir: string;
  ports: WantedPorts;
  /** ISO 8601 duration that replaces every province's freeze. */
  freeze?: string;
  /** A store and a Temporal server that run already: used, and left running. */
  storeUrl?: string;
  temporalAddress?: string;
  /** More environment for the processes; LINEKEEPER_… that the stack sets itself can't be changed by it. */
  env: NodeJS.ProcessEnv;
  /** Whether a process that ends by itself is started again. */
  autoRestart: boolean;
  /** Other files to be run instead of our programs, for tests of the stack itself. */
  programs: Partial<Record<OwnProgram, string>>;
};

const REPOSITORY = resolve(import.meta.dirname, '..', '..');

/** The file of each of our programs. */
export function programFile(settings: StackSettings, program: OwnProgram): string {
  const folder = program === 'issuer' ? join('dev', 'issuer') : program;
  return settings.programs[program] ?? join(REPOSITORY, folder, 'main.ts');
}

/** The settings that the environment asks for. Throws an `Error` that names what is wrong with it. */
export function settingsFrom(env: NodeJS.ProcessEnv): StackSettings {
  const given = (name: string) => (env[name] === '' ? undefined : env[name]);
  const freeze = given('LINEKEEPER_FREEZE');
  const parsed = freeze === undefined ? undefined : parseDuration(freeze);
  if (parsed?.ok === false) {
    throw new Error(`LINEKEEPER_FREEZE is not an ISO 8601 duration such as P90D or PT30S: ${parsed.detail}`);
  }
  const storeUrl = given('LINEKEEPER_STORE_URL');
  const temporalAddress = given('LINEKEEPER_TEMPORAL_ADDRESS');
  return {
    dataDir: resolve(given('LINEKEEPER_DATA') ?? join(REPOSITORY, '.linekeeper')),
    ports: portsFrom(env),
    ...(freeze === undefined ? {} : { freeze }),
    ...(storeUrl === undefined ? {} : { storeUrl }),
    ...(temporalAddress === undefined ? {} : { temporalAddress }),
    env,
    autoRestart: true,
    programs: {},
  };
}
