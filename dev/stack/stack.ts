import { createDataFolder, dataFolderAt } from './data-folder.ts';
import { type Endpoints, endpointsOf, localUrl, removeEndpoints, writeEndpoints } from './endpoints.ts';
import { type StackFacts, writeConfiguration } from './environment.ts';
import { claimDataFolder, clearLeftovers, forgetProcesses, recordProcesses } from './leftovers.ts';
import { checkGivenServers, type PartName, partStarters, rotateLogs, START_ORDER } from './parts.ts';
import { FREE_PORTS, type PortName, resolvePorts, type WantedPorts } from './ports.ts';
import { type Progress, SILENT, showProgress } from './progress.ts';
import { loadOrCreateSecrets } from './secrets.ts';
import { type StackSettings, settingsFrom } from './settings.ts';
import { type Supervised, supervise } from './supervised.ts';

/** A stack that is ready. */
export type Stack = {
  endpoints: Endpoints;
  /** Where the worker answers `/health/ready` and `/metrics`. */
  workerUrl: string;
  /** The ids of the processes that run now, by name. */
  readonly processes: Partial<Record<PartName, number>>;
  /** Kills a process (SIGKILL), as a crash would. It stays away if `autoRestart` is off. */
  kill: (name: PartName) => Promise<void>;
  /** Stops a process if it runs, starts it and waits until it is ready. */
  restart: (name: PartName) => Promise<void>;
  /** Stops everything in order: what takes calls first, what keeps data last. */
  stop: () => Promise<void>;
};

/** Somebody stopped the stack before it was ready. */
export class StoppedWhileStarting extends Error {
  override readonly name = 'StoppedWhileStarting';
}

/** A stack that can be stopped even while it starts. */
export type PreparedStack = { start: () => Promise<Stack>; stop: () => Promise<void> };

/** Prepares a stack; nothing happens before `start`. */
export function prepareStack(settings: StackSettings, progress: Progress): PreparedStack {
  const folder = dataFolderAt(settings.dataDir);
  const parts = new Map<PartName, Supervised>();
  let release: (() => void) | undefined;
  let stopped: Promise<void> | undefined;

  const processes = (): Partial<Record<PartName, number>> => {
    const running = [...parts].map(([name, part]) => [name, part.pid()] as const);
    return Object.fromEntries(running.filter(([, pid]) => pid !== undefined));
  };
  const partOf = (name: PartName): Supervised => {
    const part = parts.get(name);
    if (part === undefined) throw new Error(`${name} is not run by this stack`);
    return part;
  };

  async function start(): Promise<Stack> {
    createDataFolder(folder);
    const lock = claimDataFolder(folder);
    release = lock.release;
    await clearLeftovers(folder, progress.say);
    await checkGivenServers(settings);
    const started = startedHere(settings);
    const ports = await resolvePorts(settings.ports, started.filter(isPortName));
    const secrets = await loadOrCreateSecrets(folder);
    writeConfiguration({ folder, ports, secrets });
    rotateLogs(folder);
    const facts: StackFacts = {
      ...{ settings, folder, ports, secrets },
      storeUrl: settings.storeUrl ?? '',
      temporalAddress: settings.temporalAddress ?? `127.0.0.1:${ports.temporal}`,
    };
    const starters = partStarters(facts, (name, line) => progress.say(`${name}: ${line}`));
    for (const row of START_ORDER) {
      if (stopped !== undefined) throw new StoppedWhileStarting();
      const inRow = row.filter((name) => started.includes(name));
      await all(inRow.map((name) => startPart(name, starters[name])));
    }
    if (stopped !== undefined) throw new StoppedWhileStarting();
    const endpoints = endpointsOf(facts);
    writeEndpoints(folder, endpoints);
    return {
      endpoints,
      workerUrl: localUrl(ports.worker),
      get processes() {
        return processes();
      },
      kill: (name) => partOf(name).kill(),
      restart: async (name) => {
        await partOf(name).stop();
        await partOf(name).start();
      },
      stop,
    };
  }

  async function startPart(
    name: PartName,
    starter: () => ReturnType<Parameters<typeof supervise>[0]['start']>,
  ) {
    const part = supervise({
      name,
      start: starter,
      autoRestart: settings.autoRestart,
      say: progress.say,
      onChange: () => recordProcesses(folder, processes()),
    });
    parts.set(name, part);
    await progress.step({
      name,
      run: part.start,
      describe: () => `ready, process ${part.pid() ?? 'stopped again'}`,
    });
  }

  function stop(): Promise<void> {
    stopped ??= stopAll();
    return stopped;
  }

  async function stopAll(): Promise<void> {
    if (release === undefined) return;
    removeEndpoints(folder);
    for (const row of [...START_ORDER].reverse()) {
      const stopping = row.filter((name) => parts.has(name));
      await Promise.all(stopping.map((name) => partOf(name).stop()));
      if (stopping.length > 0) progress.say(`stopped ${stopping.join(' and ')}`);
    }
    forgetProcesses(folder);
    release();
  }

  return { start, stop };
}

/** What this stack starts itself: not what was given by its address. */
function startedHere(settings: StackSettings): PartName[] {
  return START_ORDER.flat().filter(
    (name) =>
      !(name === 'store' && settings.storeUrl !== undefined) &&
      !(name === 'temporal' && settings.temporalAddress !== undefined),
  );
}

/** Waits for all of them; what several say at their failure is told together, so that it can be mended together. */
async function all(steps: Promise<void>[]): Promise<void> {
  const results = await Promise.allSettled(steps);
  const reasons = results.flatMap((result) => (result.status === 'rejected' ? [result.reason] : []));
  if (reasons.length === 0) return;
  throw new Error(
    reasons.map((reason) => (reason instanceof Error ? reason.message : String(reason))).join('\n\n'),
  );
}

function isPortName(name: PartName): name is PartName & PortName {
  return name !== 'worker';
}

/**
 * Starts a stack and waits until all of it is ready, for tests with real processes. Without `ports` it takes free
 * ones; nothing of this process's own LINEKEEPER_… settings reaches it but what `env` says. What was started is
 * stopped again when a part fails to start.
 */
export async function startStack(options: {
  dataDir: string;
  ports?: Partial<WantedPorts>;
  freeze?: string;
  quiet?: boolean;
  env?: NodeJS.ProcessEnv;
  autoRestart?: boolean;
  programs?: StackSettings['programs'];
}): Promise<Stack> {
  const settings: StackSettings = {
    ...settingsFrom({ ...options.env, LINEKEEPER_DATA: options.dataDir }),
    ports: { ...FREE_PORTS, ...options.ports },
    autoRestart: options.autoRestart ?? true,
    programs: options.programs ?? {},
  };
  if (options.freeze !== undefined) settings.freeze = options.freeze;
  const progress = options.quiet === true ? SILENT : showProgress((text) => process.stderr.write(text));
  const prepared = prepareStack(settings, progress);
  try {
    return await prepared.start();
  } catch (error) {
    await prepared.stop();
    throw error;
  }
}
