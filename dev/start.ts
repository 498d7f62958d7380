import { announcement } from './stack/announcement.ts';
import { dataFolderAt } from './stack/data-folder.ts';
import { showProgress } from './stack/progress.ts';
import { settingsFrom } from './stack/settings.ts';
import { type PreparedStack, prepareStack } from './stack/stack.ts';

const write = (text: string) => {
  process.stdout.write(text);
};

/** `npm start`: brings the stack up, and keeps it up until Ctrl-C. */
async function main(): Promise<void> {
  const settings = settingsFrom(process.env);
  const progress = showProgress(write);
  progress.say(`data in ${settings.dataDir}`);
  const prepared = prepareStack(settings, progress);
  stopOnSignals(prepared, progress.say);
  try {
    const { endpoints } = await prepared.start();
    progress.say('ready');
    write(announcement(endpoints, dataFolderAt(settings.dataDir).endpoints));
  } catch (error) {
    progress.say(`the start failed:\n\n${explain(error)}\n`);
    await prepared.stop();
    process.exitCode = 1;
  }
}

/** The first Ctrl-C stops in order; a second one doesn't wait any longer. Nothing acknowledged is lost either way. */
function stopOnSignals(prepared: PreparedStack, say: (line: string) => void): void {
  let stopping = false;
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => {
      if (stopping) process.exit(130);
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
    });
  }
}

/** What goes wrong at a start is told by its message: each says what to do. */
function explain(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

main().catch((error: unknown) => {
  write(`${explain(error)}\n`);
  process.exitCode = 1;
});
