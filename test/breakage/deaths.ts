import { AsyncLocalStorage } from 'node:async_hooks';
import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import mongoose from 'mongoose';

/** Where a process is to die: when it comes to this point of somebody's work. */
export interface Death {
  /** Words of which one stands in the point's `about`: whose work it has to be. */
  readonly marks: readonly string[];
  readonly point: string;
}

/** A point that a process came to, in the order in which it came there. */
export interface Reached {
  readonly about: string;
  readonly point: string;
  /** Whether somebody's work stopped there for good. */
  readonly stopped: boolean;
}

/** The variable that names the folder in which the deaths of a process are planned, and told. */
export const deathsFolder = 'BREAKAGE_DEATHS';

/** The files of that folder. */
export const deathFiles = (folder: string) => ({
  plan: join(folder, 'deaths.json'),
  reached: join(folder, 'reached.ndjson'),
});

/** What is being worked on, and how often each of its writes was come to. */
interface Work {
  readonly about: string;
  readonly step: string;
  readonly counts: Map<string, number>;
  readonly inWrite: boolean;
}

const work = new AsyncLocalStorage<Work>();
/** The deaths that somebody's work waits for. */
const stopped = new Set<string>();
const never = new Promise<never>(() => undefined);

/**
 * Comes to a point. Where somebody is to stop there, this never returns, and once all are where they are to stop, the
 * process kills itself: so one `kill -9` finds many at a point each. Without a plan nothing happens.
 */
export async function reach(about: string, point: string): Promise<void> {
  const files = deathFiles(process.env[deathsFolder] ?? '');
  if (!existsSync(files.plan)) return;
  const plan: readonly Death[] = JSON.parse(readFileSync(files.plan, 'utf8'));
  const here = plan.find(
    (death) => death.point === point && death.marks.some((mark) => about.includes(mark)),
  );
  const reached: Reached = { about, point, stopped: here !== undefined };
  appendFileSync(files.reached, `${JSON.stringify(reached)}\n`);
  if (!here) return;
  stopped.add(JSON.stringify(here));
  if (stopped.size === plan.length) process.kill(process.pid, 'SIGKILL');
  await never;
}

/** Does a step of somebody's work, whose writes to the store are points too. */
export function inStep<T>({ about, step }: { about: string; step: string }, run: () => T): T {
  return work.run({ about, step, counts: new Map(), inWrite: false }, run);
}

const writes = [
  'insertOne',
  'insertMany',
  'updateOne',
  'updateMany',
  'findOneAndUpdate',
  'bulkWrite',
  'deleteOne',
  'deleteMany',
] as const;

/**
 * Makes every write of this process to the store two points, before and after it. `otherwise` names the work that a
 * write belongs to which isn't within {@link inStep}. Works at the driver, so that no write can be forgotten here.
 */
export function watchWrites(otherwise: () => Work | undefined = () => undefined): void {
  const driver = mongoose.mongo.Collection.prototype;
  for (const name of writes) {
    const real: unknown = Reflect.get(driver, name);
    if (typeof real !== 'function') throw new Error(`The driver has no ${name}`);
    Reflect.set(
      driver,
      name,
      async function (this: mongoose.mongo.Collection, ...args: unknown[]): Promise<unknown> {
        const current = work.getStore() ?? otherwise();
        // The driver does some of them by others of them.
        if (current === undefined || current.inWrite) return Reflect.apply(real, this, args);
        const kind = `${this.collectionName}.${name}`;
        const count = (current.counts.get(kind) ?? 0) + 1;
        current.counts.set(kind, count);
        const point = `${current.step}${kind} ${count}`;
        await reach(current.about, `before ${point}`);
        const answer = await work.run({ ...current, inWrite: true }, () => Reflect.apply(real, this, args));
        await reach(current.about, `after ${point}`);
        return answer;
      },
    );
  }
}

const works = new Map<string, Work>();

/** The work that goes on under a name; the same for the same name. */
export function workOf(about: string): Work {
  const known = works.get(about) ?? { about, step: '', counts: new Map(), inWrite: false };
  works.set(about, known);
  return known;
}
