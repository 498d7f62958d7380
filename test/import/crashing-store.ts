import type { Store } from '../../store/store.ts';

/** The process is gone in the middle of its work. */
export class Crash extends Error {
  override readonly name = 'Crash';
}

/** The calls of the driver that write. Reads lose nothing when they are lost. */
const writes = [
  'insertOne',
  'insertMany',
  'updateOne',
  'updateMany',
  'findOneAndUpdate',
  'bulkWrite',
] as const;
const removals = ['deleteOne', 'deleteMany'] as const;

/**
 * Where the n-th write of a run ends everything: before it reached the store, when half of its documents were written,
 * or after it, its answer lost.
 */
export type CrashPoint = { readonly atWrite: number; readonly side: 'before' | 'half' | 'after' };

/** All sides of a write. */
export const sides = ['before', 'half', 'after'] as const;

/**
 * Counts every write to the store, whatever method of ours it comes from, and ends the process at one of them: that
 * write throws, and so does all that comes after. Works below our code, at the driver's collections, so that no step
 * can be forgotten here.
 */
export function crashable(store: Store) {
  let count = 0;
  let point: CrashPoint | null = null;
  let gone = false;

  for (const { collection } of Object.values(store.users.model.db.models)) {
    for (const name of [...writes, ...removals]) {
      const method: unknown = Reflect.get(collection, name);
      if (typeof method !== 'function') throw new Error(`The driver has no ${name}`);
      const real: (...args: unknown[]) => Promise<unknown> = method.bind(collection);
      Reflect.set(collection, name, async (...args: unknown[]) => {
        if (gone) throw new Crash();
        count += 1;
        const here = point?.atWrite === count;
        if (here && point?.side === 'before') {
          gone = true;
          throw new Crash();
        }
        const [documents] = args;
        if (here && point?.side === 'half' && Array.isArray(documents)) {
          args[0] = documents.slice(0, Math.ceil(documents.length / 2));
        }
        const answer = await real(...args);
        if (here) {
          gone = true;
          throw new Crash();
        }
        return answer;
      });
    }
  }

  return {
    /** Runs a piece of work that crashes at a point; null: at none. Gives whether it crashed, and how many writes it made. */
    async run(
      work: () => Promise<unknown>,
      at: CrashPoint | null,
    ): Promise<{ crashed: boolean; writes: number }> {
      count = 0;
      point = at;
      gone = false;
      try {
        await work();
        return { crashed: false, writes: count };
      } catch (error) {
        if (!(error instanceof Crash)) throw error;
        return { crashed: true, writes: count };
      } finally {
        point = null;
        gone = false;
      }
    },
  };
}
