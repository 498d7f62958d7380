import pLimit from 'p-limit';

/**
 * Works on items side by side, at most `atOnce` at a time, and gives the results in their order. Items that have a key
 * in common are done one after the other, the earlier first: what they come to doesn't depend on who is faster.
 * When one fails, none is begun any more, and it rejects once those under way have ended.
 */
export async function inOrder<Item, Result>({
  items,
  keysOf,
  atOnce,
  work,
}: {
  items: readonly Item[];
  keysOf: (item: Item) => readonly string[];
  atOnce: number;
  work: (item: Item) => Promise<Result>;
}): Promise<Result[]> {
  // Started in order, so that what an item waits for has begun before it, and the wait always ends.
  const limit = pLimit(atOnce);
  const lastOf = new Map<string, Promise<unknown>>();
  const failures: unknown[] = [];
  const running = items.map((item) => {
    const keys = keysOf(item);
    const before = keys.flatMap((key) => lastOf.get(key) ?? []);
    const result = limit(async () => {
      await Promise.all(before);
      if (failures.length > 0) throw failures[0];
      try {
        return await work(item);
      } catch (error) {
        failures.push(error);
        throw error;
      }
    });
    const ended = result.catch(() => undefined);
    for (const key of keys) lastOf.set(key, ended);
    return result;
  });
  await Promise.allSettled(running);
  return Promise.all(running);
}
