/** Between two looks: often enough to go on at once, seldom enough to leave the machine to those who work. */
const pauseMs = 250;

/**
 * Looks until there is something to see, and gives it. What a look throws counts as "not yet": a process may be away.
 * Throws after `withinMs`, with what the last look said.
 */
export async function until<T>({
  what,
  withinMs,
  look,
  everyMs = pauseMs,
}: {
  what: string;
  withinMs: number;
  look: () => Promise<T | undefined | false>;
  everyMs?: number;
}): Promise<T> {
  const deadline = Date.now() + withinMs;
  let last = 'nothing';
  for (;;) {
    try {
      const seen = await look();
      if (seen !== undefined && seen !== false) return seen;
    } catch (error) {
      last = error instanceof Error ? error.message : String(error);
    }
    if (Date.now() > deadline) throw new Error(`not within ${withinMs} ms: ${what} (last: ${last})`);
    await new Promise((resolve) => setTimeout(resolve, everyMs));
  }
}
