import { performance } from 'node:perf_hooks';

/** Shows a person what the stack does. */
export type Progress = {
  /** One line, as it happens. */
  say: (line: string) => void;
  /**
   * Runs a step and tells when it begins, that it is still going on where it takes long, and how it ended: with what
   * `describe` makes of the result, and how long it took.
   */
  step: <T>(options: { name: string; run: () => Promise<T>; describe: (result: T) => string }) => Promise<T>;
};

// Long enough not to be noise, short enough that nobody thinks that it hangs.
const STILL_EVERY_MS = 10_000;

/** Shows nothing. */
export const SILENT: Progress = { say: () => undefined, step: ({ run }) => run() };

/** Writes lines, each with the seconds since the start. */
export function showProgress(write: (text: string) => void): Progress {
  const started = performance.now();
  const seconds = (from: number) => ((performance.now() - from) / 1000).toFixed(1);
  const say = (line: string) => write(`${seconds(started).padStart(6)} s  ${line}\n`);
  return {
    say,
    step: async ({ name, run, describe }) => {
      const begun = performance.now();
      say(`${name} …`);
      const still = setInterval(() => say(`${name} … still at it (${seconds(begun)} s)`), STILL_EVERY_MS);
      try {
        const result = await run();
        say(`${name}: ${describe(result)} (${seconds(begun)} s)`);
        return result;
      } catch (error) {
        // The whole reason comes at the end; whoever waits for something slower beside it learns of it now.
        say(`${name}: failed (${seconds(begun)} s)`);
        throw error;
      } finally {
        clearInterval(still);
      }
    },
  };
}
