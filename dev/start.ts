import { runStack } from './stack/run.ts';
import { settingsFrom } from './stack/settings.ts';

/** `npm start`: the whole stack, as the environment asks for it, until Ctrl-C. */
async function main(): Promise<void> {
  await runStack(settingsFrom(process.env));
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
});
