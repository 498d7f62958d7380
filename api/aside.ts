import type { DurationMs } from '../domain/instant.ts';
import type { Logger } from '../platform/logger.ts';

/** Work that goes on beside an answer, or after it: no caller waits for it, and the process ends only after it. */
export interface Aside {
  /** Begins it. What it throws is logged under that name and concerns nobody else. Gives a promise of its end, which never rejects. */
  run(name: string, work: () => Promise<void>): Promise<void>;
  /** Waits for all that was begun, at most for the grace. True when nothing is left. */
  drain(grace: DurationMs): Promise<boolean>;
}

/** Keeps track of work beside answers. It isn't durable: a kill loses it, so it must be work that may be lost. */
export function createAside({ logger }: { logger: Logger }): Aside {
  const open = new Set<Promise<void>>();
  return {
    run(name, work) {
      const ended = (async () => work())()
        .catch((error: unknown) => logger.error({ err: error, aside: name }, 'Work beside an answer failed'))
        .finally(() => open.delete(ended));
      open.add(ended);
      return ended;
    },
    async drain(grace) {
      const { promise: over, resolve } = Promise.withResolvers<void>();
      const timer = setTimeout(resolve, grace);
      // What is begun by what ends is waited for too.
      const allEnded = (async () => {
        while (open.size > 0) await Promise.all(open);
      })();
      await Promise.race([allEnded, over]);
      clearTimeout(timer);
      return open.size === 0;
    },
  };
}
