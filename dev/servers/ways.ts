/** Tells the person who waits what happens now; one line each. */
export type Report = (line: string) => void;

/** One way to get a server: `find` gives it, or throws with the reason why this way doesn't work here. */
export type Way<T> = { how: string; find: () => Promise<T> };

/** No way worked: the message says what was tried, and what to install. */
export class NothingWorked extends Error {
  override readonly name = 'NothingWorked';
}

/** The first way that works, in the order given. Throws `NothingWorked` when none does. */
export async function firstThatWorks<T>(options: {
  what: string;
  ways: Way<T>[];
  advice: string;
}): Promise<T> {
  const tried: string[] = [];
  for (const way of options.ways) {
    try {
      return await way.find();
    } catch (error) {
      tried.push(`  - ${way.how}: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  throw new NothingWorked(
    [`${options.what} could not be had. Tried:`, ...tried, `What helps: ${options.advice}`].join('\n'),
  );
}
