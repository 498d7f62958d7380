import type { Store } from '../../store/store.ts';
import { openTestStore } from '../store/open-store.ts';
import { interleaver } from './interleavings.ts';

let store: Store;
let close: () => Promise<void>;
let explore: ReturnType<typeof interleaver>['explore'];
beforeAll(async () => {
  ({ store, close } = await openTestStore());
  ({ explore } = interleaver(store));
});
afterAll(() => close());

let counters = 0;
const newCounter = async () => {
  counters += 1;
  const _id = `counter-${counters}`;
  await store.feeds.model.collection.insertOne({ _id, value: 0 } as never);
  return _id;
};
const countOf = async (_id: string): Promise<number> =>
  Number((await store.feeds.model.collection.findOne({ _id } as never))?.value);
/** Adds one in two calls, between which others may come. */
const add = async (_id: string) => {
  const value = await countOf(_id);
  await store.feeds.model.collection.updateOne({ _id } as never, { $set: { value: value + 1 } });
};

/** Explores, and gives how many orders there are and what they led to. */
async function explored(actors: Record<string, (id: string) => Promise<unknown>>) {
  const values: number[] = [];
  const orders = await explore({
    begin: newCounter,
    actors,
    check: async (id) => void values.push(await countOf(id)),
  });
  return { orders, values: [...new Set(values)].sort() };
}

describe('interleaver', () => {
  it('two that read and write one thing → every order that differs, the lost one among them', async () => {
    // Of the 6 orders of 4 calls, those that differ only in which read is first are one.
    await expect(explored({ a: add, b: add })).resolves.toEqual({ orders: 4, values: [1, 2] });
  });

  it('two that only write one thing, three times each → all 20 orders', async () => {
    const write = async (_id: string) => {
      for (let times = 0; times < 3; times += 1) {
        await store.feeds.model.collection.updateOne({ _id } as never, { $inc: { value: 1 } });
      }
    };
    await expect(explored({ a: write, b: write })).resolves.toEqual({ orders: 20, values: [6] });
  });

  it('two on different collections → one order', async () => {
    const elsewhere = async (id: string) => {
      for (let times = 0; times < 3; times += 1) await store.users.raiseEpoch(id as never, `${times}`);
    };
    await expect(explored({ a: add, b: elsewhere })).resolves.toEqual({ orders: 1, values: [1] });
  });

  it('reads of lists → stopped before too', async () => {
    const list = async () => {
      await store.feeds.findMany([]);
      await store.feeds.model.find().lean();
    };
    const { orders } = await explored({ a: add, b: list });
    expect(orders).toBeGreaterThan(1);
  });

  it('a promise broken in one order → names the order', async () => {
    const check = async (id: string) => {
      if ((await countOf(id)) !== 2) throw new Error('lost');
    };
    await expect(explore({ begin: newCounter, actors: { a: add, b: add }, check })).rejects.toThrow(
      'a: feeds.findOne\nb: feeds.findOne\n',
    );
  });

  it('somebody who fails → fails', async () => {
    const fail = async () => {
      throw new Error('no such luck');
    };
    await expect(
      explore({ begin: newCounter, actors: { a: add, fail }, check: async () => undefined }),
    ).rejects.toThrow('no such luck');
  });
});
