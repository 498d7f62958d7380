import { AsyncLocalStorage } from 'node:async_hooks';
import { setImmediate } from 'node:timers/promises';
import type { Store } from '../../store/store.ts';

/** One call of the store, as the order of calls is explored by it. */
interface StoreCall {
  readonly collection: string;
  readonly method: string;
  readonly kind: 'read' | 'insert' | 'write';
}

const kinds: Readonly<Record<string, StoreCall['kind']>> = {
  find: 'read',
  findOne: 'read',
  countDocuments: 'read',
  insertOne: 'insert',
  insertMany: 'insert',
  updateOne: 'write',
  updateMany: 'write',
  findOneAndUpdate: 'write',
  replaceOne: 'write',
  bulkWrite: 'write',
  deleteOne: 'write',
  deleteMany: 'write',
};

/**
 * Whether two calls come to the same in either order: they are of two collections, or both only read, or both only add
 * (under ids of their own: nobody here inserts what another one does).
 */
const commute = (a: StoreCall, b: StoreCall): boolean =>
  a.collection !== b.collection || (a.kind === b.kind && a.kind !== 'write');

/** Somebody who does something, and stops before each call of the store until it is let go on. */
class Actor {
  readonly waiting: { readonly call: StoreCall; readonly go: () => void }[] = [];
  running = 0;
  hasEnded = false;
  isFree = false;

  /** Waits for its turn; what the call does then is over when its answer is there. */
  async take<T>(call: StoreCall, work: () => Promise<T>): Promise<T> {
    if (!this.isFree) {
      await new Promise<void>((go) => this.waiting.push({ call, go }));
    }
    this.running += 1;
    try {
      return await work();
    } finally {
      this.running -= 1;
    }
  }

  next(): void {
    this.waiting.shift()?.go();
  }

  setFree(): void {
    this.isFree = true;
    while (this.waiting.length > 0) this.next();
  }

  get isSettled(): boolean {
    return this.running === 0 && (this.hasEnded || this.waiting.length > 0);
  }
}

/** A point of an order: what each actor would do next, and which ways need not be gone from here. */
interface Node {
  readonly next: ReadonlyMap<string, StoreCall>;
  /** Those whose next call leads to nothing new here: it was made first elsewhere, and commutes with all since. */
  readonly asleep: ReadonlySet<string>;
  readonly explored: Set<string>;
  /** Those that have to be let go first here, for what they do later doesn't commute with what was done from here. */
  readonly wanted: Set<string>;
  chosen: string;
}

function asleepAfter(node: Node | undefined): Set<string> {
  if (!node) return new Set();
  const done = node.next.get(node.chosen);
  const names = [...node.asleep, ...node.explored].filter((name) => {
    const call = node.next.get(name);
    return name !== node.chosen && call && done && commute(call, done);
  });
  return new Set(names);
}

/** What a test has explored. */
export interface Setting<Case> {
  /** Makes what the actors act on, anew for each order. */
  readonly begin: () => Promise<Case>;
  readonly actors: Readonly<Record<string, (on: Case) => Promise<unknown>>>;
  /** Looks at what is there after all have ended. Throws where a promise is broken. */
  readonly check: (on: Case) => Promise<void>;
}

/** More than any setting has; one that goes on beyond doesn't come to the same under the same order. */
const mostOrders = 20_000;

/**
 * Runs actors in every order that their calls of the store can come in: each actor stops before each call, which is
 * taken at the driver's collections, so that none can be forgotten. Orders that differ only in calls which commute are
 * run once: calls are turned around where they don't commute (C. Flanagan, P. Godefroid, Dynamic Partial-Order Reduction
 * for Model Checking Software, POPL 2005), with sleep sets against doing it twice.
 * Calls that one actor makes at one instant are taken in the order in which it makes them.
 */
export function interleaver(store: Store) {
  const acting = new AsyncLocalStorage<Actor>();

  for (const [name, { collection }] of Object.entries(store.users.model.db.models)) {
    for (const [method, kind] of Object.entries(kinds)) {
      const found: unknown = Reflect.get(collection, method);
      if (typeof found !== 'function') throw new Error(`The driver has no ${method}`);
      const real: (...args: unknown[]) => unknown = found.bind(collection);
      const call = { collection: name, method, kind };
      Reflect.set(collection, method, async (...args: unknown[]) => {
        const actor = acting.getStore();
        const answer = async () => (method === 'find' ? readCursor(real(...args)) : real(...args));
        return actor ? actor.take(call, answer) : answer();
      });
    }
  }

  return {
    /** Explores all orders. Gives how many there are. */
    async explore<Case>({ begin, actors, check }: Setting<Case>): Promise<number> {
      const path: Node[] = [];
      let orders = 0;
      do {
        const on = await begin();
        const team = Object.entries(actors).map(([name, act]) => start({ acting, name, act, on }));
        const isNew = await follow(path, team);
        const failures = (await Promise.all(team.map(({ ended }) => ended))).filter(
          (error) => error !== null,
        );
        if (failures.length > 0) throw failures[0];
        if (isNew) {
          orders += 1;
          await check(on).catch((error: unknown) => {
            throw new Error(`In the order\n${orderOf(path)}`, { cause: error });
          });
        }
        if (orders > mostOrders) throw new Error('There are more orders than can be');
        wantTurned(path);
      } while (turn(path));
      return orders;
    },
  };
}

interface Member {
  readonly name: string;
  readonly actor: Actor;
  /** What it failed with; null where it ended well. */
  readonly ended: Promise<unknown>;
}

function start<Case>({
  acting,
  name,
  act,
  on,
}: {
  acting: AsyncLocalStorage<Actor>;
  name: string;
  act: (on: Case) => Promise<unknown>;
  on: Case;
}): Member {
  const actor = new Actor();
  const ended = acting
    .run(actor, async () => act(on))
    .then(
      () => null,
      (error: unknown) => error ?? new Error('failed with nothing'),
    )
    .finally(() => {
      actor.hasEnded = true;
    });
  return { name, actor, ended };
}

/** Goes along a path, and on from its end by the first way there is. False where nothing new lies there. */
async function follow(path: Node[], team: readonly Member[]): Promise<boolean> {
  for (let depth = 0; ; depth += 1) {
    const next = await settled(team);
    if (next.size === 0) return true;
    const known = path[depth];
    if (known && describe(known.next) !== describe(next)) {
      throw new Error(`Not the same again: ${describe(known.next)}, then ${describe(next)}`);
    }
    const node = known ?? nodeAfter(path.at(-1), next);
    if (!node) {
      for (const { actor } of team) actor.setFree();
      return false;
    }
    if (!known) path.push(node);
    team.find(({ name }) => name === node.chosen)?.actor.next();
  }
}

function nodeAfter(last: Node | undefined, next: ReadonlyMap<string, StoreCall>): Node | null {
  const asleep = asleepAfter(last);
  const chosen = [...next.keys()].find((name) => !asleep.has(name));
  return chosen === undefined
    ? null
    : { next, asleep, explored: new Set(), wanted: new Set([chosen]), chosen };
}

/** Wants each call before the last one of somebody else that it doesn't commute with. */
function wantTurned(path: readonly Node[]): void {
  for (const [index, { next, chosen }] of path.entries()) {
    const call = next.get(chosen);
    const before = path.slice(0, index).findLast((node) => {
      const done = node.next.get(node.chosen);
      return node.chosen !== chosen && call && done && !commute(call, done);
    });
    if (before?.next.has(chosen)) before.wanted.add(chosen);
  }
}

/** Takes the last turning that has a way left; false when there is none. */
function turn(path: Node[]): boolean {
  for (let node = path.at(-1); node; node = path.at(-1)) {
    const { asleep, explored, wanted, chosen } = node;
    explored.add(chosen);
    const other = [...wanted].find((name) => !asleep.has(name) && !explored.has(name));
    if (other !== undefined) {
      node.chosen = other;
      return true;
    }
    path.pop();
  }
  return false;
}

/** Waits until everybody has ended or waits for a turn. Gives the next call of each that has one. */
async function settled(team: readonly Member[]): Promise<Map<string, StoreCall>> {
  do await setImmediate();
  while (!team.every(({ actor }) => actor.isSettled));
  return new Map(
    team.flatMap(({ name, actor }) => {
      const [first] = actor.waiting;
      return first ? [[name, first.call] as const] : [];
    }),
  );
}

/** The documents of a cursor, read now: made without them, it would read whenever it is asked. */
async function readCursor(cursor: unknown): Promise<{ toArray: () => Promise<unknown> }> {
  const toArray: unknown = typeof cursor === 'object' && cursor && Reflect.get(cursor, 'toArray');
  if (typeof toArray !== 'function') throw new Error('A cursor without toArray');
  const docs: unknown = await toArray.call(cursor);
  return { toArray: async () => docs };
}

const textOf = ({ collection, method }: StoreCall): string => `${collection}.${method}`;
const describe = (next: ReadonlyMap<string, StoreCall>): string =>
  [...next].map(([name, call]) => `${name}: ${textOf(call)}`).join(', ');
const orderOf = (path: readonly Node[]): string =>
  path
    .map(
      ({ next, chosen }) =>
        `${chosen}: ${textOf(next.get(chosen) ?? { collection: '?', method: '?', kind: 'read' })}`,
    )
    .join('\n');
