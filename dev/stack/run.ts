import { announcement } from './announcement.ts';
import { dataFolderAt } from './data-folder.ts';
import { showProgress } from './progress.ts';
import type { StackSettings } from './settings.ts';
import { type PreparedStack, prepareStack, StoppedWhileStarting } from './stack.ts';

const write = (text: string) => {
  process.stdout.write(text);
};

/** Brings a stack up and keeps it up until this process is told to stop; a failed start gives exit code 1. */
export async function runStack(settings: StackSettings): Promise<void> {
  const progress = showProgress(write);
  progress.say(`data in ${settings.dataDir}`);
  const prepared = prepareStack(settings, progress);
  stopOnSignals(prepared, progress.say);
  try {
    const { endpoints } = await prepared.start();
    progress.say('ready');
    write(announcement(endpoints, dataFolderAt(settings.dataDir).endpoints));
    keepRunning();
  } catch (error) {
    // Whoever stopped it waits for it and ends this process.
    if (error instanceof StoppedWhileStarting) return;
    progress.say(`the start failed:\n\n${explain(error)}\n`);
    await prepared.stop();
    process.exitCode = 1;
  }
}

/** The first Ctrl-C stops in order; a second one doesn't wait any longer. Nothing acknowledged is lost either way. */
function stopOnSignals(prepared: PreparedStack, say: (line: string) => void): void {
  let stopping = false;
  const stop = () => {
    stopping = true;
    say('stopping (once more to stop at once)');
    prepared.stop().then(
      () => {
        say('stopped');
        process.exit(0);
      },
      (error: unknown) => {
        say(`stopping failed: ${explain(error)}`);
        process.exit(1);
      },
    );
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => {
      if (stopping) process.exit(130);
      stop();
    });
  }
  whenNpmIsGone(() => {
    if (!stopping) stop();
  });
}

// Somebody who has told npm to stop waits for the ports; asking costs nothing.
const NPM_CHECK_MS = 500;

/** npm passes a SIGTERM on to the shell that it runs scripts in, which ends without telling its child. */
function whenNpmIsGone(stop: () => void): void {
  if (process.env.npm_lifecycle_event === undefined) return;
  const shell = process.ppid;
  setInterval(() => {
    if (process.ppid !== shell) stop();
  }, NPM_CHECK_MS).unref();
}

/** The children don't keep this process running; a signal ends it. */
function keepRunning(): void {
  const longestTimer = 2 ** 31 - 1;
  setInterval(() => undefined, longestTimer);
}

/** What goes wrong at a start is told by its message: each says what to do. */
function explain(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
