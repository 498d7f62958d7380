import type { Store } from '../../store/store.ts';
import { openTestStore } from './open-store.ts';

let store: Store;
let close: () => Promise<void>;
beforeAll(async () => {
  ({ store, close } = await openTestStore());
});
afterAll(() => close());

/** Three in a hundred milliseconds. */
const three = (key: string) => ({ name: 'tries', key, points: 3, per: 100 });

describe('store of limits', () => {
  it('as many as are allowed, and one more → the last may not, and is told for how long', async () => {
    const answers = [];
    for (const now of [1_000, 1_010, 1_020, 1_030])
      answers.push(await store.limits.take({ ...three('a'), now }));
    expect(answers).toEqual([{ ok: true }, { ok: true }, { ok: true }, { ok: false, retryAfterMs: 70 }]);
  });

  it('one that may not → lengthens no window', async () => {
    for (let now = 0; now < 100; now += 10) await store.limits.take({ ...three('b'), now });
    await expect(store.limits.take({ ...three('b'), now: 99 })).resolves.toEqual({
      ok: false,
      retryAfterMs: 1,
    });
    await expect(store.limits.take({ ...three('b'), now: 100 })).resolves.toEqual({ ok: true });
  });

  it('a new window after the last one → as many again', async () => {
    for (let now = 0; now < 50; now += 10) await store.limits.take({ ...three('c'), now });
    const answers = [];
    for (const now of [500, 510, 520, 530])
      answers.push((await store.limits.take({ ...three('c'), now })).ok);
    expect(answers).toEqual([true, true, true, false]);
  });

  it.each([
    ['a new window', 0],
    ['a window after another', 1_000],
  ])('50 callers at one instant, %s → exactly as many as are allowed', async (situation, now) => {
    const limit = three(situation);
    if (now > 0) await store.limits.take({ ...limit, now: 0 });
    const answers = await Promise.all(Array.from({ length: 50 }, () => store.limits.take({ ...limit, now })));
    expect(answers.filter(({ ok }) => ok)).toHaveLength(3);
  });

  it('another name or key → counted apart', async () => {
    for (const _ of 'four') await store.limits.take({ ...three('d'), now: 0 });
    await expect(store.limits.take({ ...three('e'), now: 0 })).resolves.toEqual({ ok: true });
    await expect(store.limits.take({ ...three('d'), name: 'others', now: 0 })).resolves.toEqual({ ok: true });
  });

  it('looked at → told, and not counted', async () => {
    const limit = three('f');
    for (const _ of 'seven..')
      await expect(store.limits.peek({ ...limit, now: 0 })).resolves.toEqual({ ok: true });
    for (const _ of 'abc') await store.limits.take({ ...limit, now: 0 });
    await expect(store.limits.peek({ ...limit, now: 10 })).resolves.toEqual({ ok: false, retryAfterMs: 90 });
    await expect(store.limits.peek({ ...limit, now: 100 })).resolves.toEqual({ ok: true });
  });

  it('one given back → one more may happen', async () => {
    const limit = three('g');
    for (const _ of 'abc') await store.limits.take({ ...limit, now: 0 });
    await store.limits.giveBack({ ...limit, now: 10 });
    await expect(store.limits.take({ ...limit, now: 10 })).resolves.toEqual({ ok: true });
    await expect(store.limits.take({ ...limit, now: 10 })).resolves.toMatchObject({ ok: false });
  });

  it('given back more often than taken → no more may happen than are allowed', async () => {
    const limit = three('h');
    await store.limits.take({ ...limit, now: 0 });
    for (const _ of 'abcdef') await store.limits.giveBack({ ...limit, now: 1 });
    const answers = [];
    for (const _ of 'four') answers.push((await store.limits.take({ ...limit, now: 2 })).ok);
    expect(answers).toEqual([true, true, true, false]);
  });

  it('forgotten → as if nothing had happened', async () => {
    const limit = three('i');
    for (const _ of 'four') await store.limits.take({ ...limit, now: 0 });
    await store.limits.reset(limit);
    await expect(store.limits.take({ ...limit, now: 0 })).resolves.toEqual({ ok: true });
  });

  it('for whom is counted → nowhere in clear text', async () => {
    await store.limits.take({ ...three('203.0.113.77'), now: 0 });
    expect(JSON.stringify(await store.limits.model.find().lean())).not.toContain('203.0.113');
  });

  it('windows that are over → removed, those that are open stay', async () => {
    await store.limits.model.deleteMany({});
    await store.limits.take({ ...three('old'), now: 0 });
    await store.limits.take({ ...three('new'), now: 150 });
    await expect(store.limits.deleteExpired(200)).resolves.toBe(1);
    await expect(store.limits.model.countDocuments()).resolves.toBe(1);
  });
});
