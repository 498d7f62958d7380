import type { Ending } from '../servers/server-process.ts';

/** A process that runs, as its starter gives it. */
export type Running = {
  pid: number;
  ended: Promise<Ending>;
  isRunning: () => boolean;
  stop: () => Promise<void>;
  kill: () => Promise<void>;
};

/** A process that is kept running. */
export type Supervised = {
  name: string;
  /** The process id, undefined while it doesn't run. */
  pid: () => number | undefined;
  /** Starts it and waits until it is ready. */
  start: () => Promise<void>;
  /** Stops it for good. */
  stop: () => Promise<void>;
  /** Kills it (SIGKILL), as a crash would; it is started again if that is switched on. */
  kill: () => Promise<void>;
};

// A crash by chance is over at once; one that comes back shouldn't fill the log. Half a minute of running is a new life.
const FIRST_DELAY_MS = 500;
const LONGEST_DELAY_MS = 10_000;
const STABLE_AFTER_MS = 30_000;

/**
 * Keeps a process running: when it ends by itself it is started again, after a pause that doubles from one crash to
 * the next. `onChange` is called whenever there is a new process id or none.
 */
export function supervise(options: {
  name: string;
  start: () => Promise<Running>;
  autoRestart: boolean;
  say: (line: string) => void;
  onChange: () => void;
}): Supervised {
  const { name, say } = options;
  let running: Running | undefined;
  let wanted = false;
  let delay = FIRST_DELAY_MS;
  let retry: NodeJS.Timeout | undefined;
  let starting: Promise<void> = Promise.resolve();

  function start(): Promise<void> {
    const begun = startNow();
    starting = begun.catch(() => undefined);
    return begun;
  }

  async function startNow(): Promise<void> {
    const process = await options.start();
    running = process;
    options.onChange();
    const since = Date.now();
    void process.ended.then((ending) => {
      if (running === process) running = undefined;
      options.onChange();
      if (!wanted) return;
      if (Date.now() - since > STABLE_AFTER_MS) delay = FIRST_DELAY_MS;
      say(`${name} ended unexpectedly (${describe(ending)})`);
      if (options.autoRestart) startLater();
    });
    // Told to stop while it was starting.
    if (!wanted) await process.stop();
  }

  function startLater(): void {
    say(`${name} is started again in ${delay / 1000} s`);
    retry = setTimeout(() => {
      start().then(
        () => say(`${name} is back`),
        (error: unknown) => {
          say(`${name} could not be started: ${error instanceof Error ? error.message : String(error)}`);
          if (wanted) startLater();
        },
      );
    }, delay);
    delay = Math.min(delay * 2, LONGEST_DELAY_MS);
  }

  return {
    name,
    pid: () => running?.pid,
    start: () => {
      wanted = true;
      return start();
    },
    stop: async () => {
      wanted = false;
      clearTimeout(retry);
      await starting;
      await running?.stop();
    },
    kill: async () => {
      await running?.kill();
    },
  };
}

function describe({ code, signal }: Ending): string {
  return signal === null ? `exit code ${code}` : signal;
}
