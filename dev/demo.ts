import { findStack, ownStack } from './demo/stack.ts';
import { listOfStories, storyOf } from './demo/stories.ts';
import type { Story } from './demo/story.ts';
import { createTeller, paintFor, type Teller } from './demo/teller.ts';
import { createWitness, StoryBroken } from './demo/witness.ts';
import type { Endpoints } from './stack/endpoints.ts';
import { showProgress } from './stack/progress.ts';
import { settingsFrom } from './stack/settings.ts';
import { StoppedWhileStarting } from './stack/stack.ts';

const write = (text: string) => {
  process.stdout.write(text);
};

/** `npm run demo [-- <story>]`: plays a story against a stack, and fails where an answer isn't what the story says. */
async function main(): Promise<void> {
  const [name] = process.argv.slice(2);
  const story = storyOf(name);
  if (story === undefined) {
    throw new Error(`There is no story of the name ${name}. These are told:\n\n${listOfStories()}\n`);
  }
  const tell = createTeller(write, paintFor(process.stdout));
  const { endpoints, why } = await findStack(settingsFrom(process.env).dataDir);
  if (endpoints !== undefined) return play({ story, tell, endpoints });
  tell.note(`${why} The demo starts one of its own, with a short freeze, and stops it at the end.\n`);
  await playOnOwnStack({ story, tell });
}

async function playOnOwnStack({ story, tell }: { story: Story; tell: Teller }): Promise<void> {
  const stack = ownStack(showProgress(write));
  let interrupted = false;
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.once(signal, () => {
      interrupted = true;
      stack.stop().finally(() => process.exit(130));
    });
  }
  try {
    await play({ story, tell, endpoints: await stack.start() });
  } catch (error) {
    // Whoever interrupts the demo waits for the stack's end, and isn't told that it doesn't answer any more.
    if (!interrupted && !(error instanceof StoppedWhileStarting)) throw error;
  } finally {
    await stack.stop();
  }
}

async function play({
  story,
  tell,
  endpoints,
}: {
  story: Story;
  tell: Teller;
  endpoints: Endpoints;
}): Promise<void> {
  const begun = performance.now();
  const witness = createWitness();
  await story.play({ endpoints, tell, witness });
  const seconds = Math.round((performance.now() - begun) / 1_000);
  tell.note(`\nAll of it went as told: ${witness.checks()} answers checked in ${seconds} s.\n`);
}

main().catch((error: unknown) => {
  const reason = error instanceof Error ? error.message : String(error);
  console.error(error instanceof StoryBroken ? `\nThe story breaks here.\n${reason}` : reason);
  process.exitCode = 1;
});
