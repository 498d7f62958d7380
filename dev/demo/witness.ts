import { isDeepStrictEqual } from 'node:util';

/** An answer isn't what the story says. The message tells what was said and what was answered. */
export class StoryBroken extends Error {
  override readonly name = 'StoryBroken';
}

/** Holds a story against the answers. Throws `StoryBroken` where they part. */
export type Witness = {
  /** How often an answer was held against the story. */
  readonly checks: () => number;
  /** The answer is exactly this. */
  same: <T>(what: string, answer: T, told: T) => void;
  /** Asks again and again until the answer is this, and gives it; `patienceMs` is from now. */
  until: <T>(question: {
    what: string;
    ask: () => Promise<T>;
    isSo: (answer: T) => boolean;
    patienceMs?: number;
  }) => Promise<T>;
  /** Asks for as long as given, and the answer stays exactly this. */
  unchanged: <T>(question: { what: string; ask: () => Promise<T>; told: T; forMs: number }) => Promise<void>;
};

/** What follows from a report takes well under a second; a machine that is busy with other things, some. */
const PATIENCE_MS = 20_000;
/** Soon enough to look immediate, seldom enough to leave the machine to those who work. */
const PAUSE_MS = 200;

const pause = () => new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
const shown = (value: unknown): string => JSON.stringify(value, null, 2);

/** Makes a witness who hasn't seen anything yet. */
export function createWitness(): Witness {
  let checks = 0;
  const same: Witness['same'] = (what, answer, told) => {
    checks += 1;
    if (isDeepStrictEqual(answer, told)) return;
    throw new StoryBroken(`${what}: the story says\n${shown(told)}\nand the answer is\n${shown(answer)}`);
  };
  return {
    checks: () => checks,
    same,
    until: async ({ what, ask, isSo, patienceMs = PATIENCE_MS }) => {
      checks += 1;
      const deadline = Date.now() + patienceMs;
      for (;;) {
        const answer = await ask();
        if (isSo(answer)) return answer;
        if (Date.now() > deadline) {
          const seconds = Math.round(patienceMs / 1_000);
          throw new StoryBroken(`${what}: not within ${seconds} s. The last answer was\n${shown(answer)}`);
        }
        await pause();
      }
    },
    unchanged: async ({ what, ask, told, forMs }) => {
      const end = Date.now() + forMs;
      do {
        same(what, await ask(), told);
        await pause();
      } while (Date.now() < end);
    },
  };
}
