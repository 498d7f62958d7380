import { DatabaseSync } from 'node:sqlite';
import { setTimeout as pause } from 'node:timers/promises';

/** Bytes of the pages that are in use, of tables with their indexes. */
export interface DatabaseSize {
  readonly all: number;
  /** Of that, by the tables named. */
  readonly of: (tables: readonly string[]) => number;
}

/** A reader waits for a writer this long; commits take milliseconds. */
const busyTimeoutMs = 10_000;

/** Opens a SQLite database to look how large it is, while others write to it. */
export function openToMeasure(file: string): {
  size: () => DatabaseSize;
  count: (table: string) => number;
  close: () => void;
} {
  const database = new DatabaseSync(file, { readOnly: true, timeout: busyTimeoutMs });
  // An index counts for its table. Pages on the free list are in no table.
  const sizes = database.prepare(`
    select coalesce(owner.tbl_name, page.name) as name, sum(page.pgsize) as bytes
    from dbstat as page left join sqlite_schema as owner on owner.name = page.name group by 1`);
  return {
    size() {
      const byTable = new Map(sizes.all().map(({ name, bytes }) => [String(name), Number(bytes)]));
      const sum = (values: Iterable<number>) => [...values].reduce((total, value) => total + value, 0);
      return {
        all: sum(byTable.values()),
        of: (tables) => sum(tables.map((table) => byTable.get(table) ?? 0)),
      };
    },
    count: (table) => Number(database.prepare(`select count(*) as rows from ${table}`).get()?.rows),
    close: () => database.close(),
  };
}

/** Temporal's queues of what it still has to do; it empties them some seconds after the last of it is done. */
const queues = ['transfer_tasks', 'visibility_tasks'];
/** What its own workflows leave there from minute to minute. */
const fewTasks = 40;
const looks = 60;
const betweenLooksMs = 2_000;

/** Waits until Temporal has put away what it needed to get here. Throws when it doesn't in two minutes. */
export async function untilTidied({ count }: Pick<ReturnType<typeof openToMeasure>, 'count'>): Promise<void> {
  for (let look = 0; look < looks; look += 1) {
    await pause(betweenLooksMs);
    if (queues.every((queue) => count(queue) < fewTasks)) return;
  }
  throw new Error("Temporal's queues did not empty");
}
