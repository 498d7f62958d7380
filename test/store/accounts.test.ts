import { asAccountId, asUserId } from '../../domain/ids.ts';
import { MOST_FEN } from '../../domain/money.ts';
import type { AccountKind } from '../../store/accounts.ts';
import type { Store } from '../../store/store.ts';
import { crashable, sides } from '../import/crashing-store.ts';
import { empty } from '../import/new-users.ts';
import { openTestStore } from './open-store.ts';

let store: Store;
let close: () => Promise<void>;
let crashing: ReturnType<typeof crashable>;

beforeAll(async () => {
  ({ store, close } = await openTestStore());
  crashing = crashable(store);
});
afterAll(() => close());
beforeEach(() => empty(store));

const userId = asUserId('saver');
const accountId = asAccountId('saver-balance');
const points = asAccountId('saver-points');
const redPackets = asAccountId('saver-red');
const openAccount = (id = accountId, kind: AccountKind = 'balance') =>
  store.accounts.open({ accountId: id, userId, kind });
const topUp = (entryId: string, amount = 100, at = 1) =>
  store.accounts.topUp({ entryId, accountId, amount, source: 'bank', at });
const amountOf = async (id = accountId) => (await store.accounts.find(id))?.amount;
const entries = (id = accountId) => store.accounts.entriesOf({ accountId: id, limit: 100 });

describe('a top-up', () => {
  it.each(sides)(
    'crash %s each of its writes, then asked again → counted once, and in the ledger once',
    async (side) => {
      await openAccount();
      const { writes } = await crashing.run(() => topUp('counted'), null);
      expect(writes).toBe(3);
      for (let atWrite = 1; atWrite <= writes; atWrite += 1) {
        await empty(store);
        await openAccount();
        const { crashed } = await crashing.run(() => topUp('t'), { atWrite, side });
        expect(crashed).toBe(true);
        // Whatever the account shows is in its entries at once.
        const shown = await amountOf();
        expect((await entries()).length * 100).toBe(shown);
        await expect(topUp('t')).resolves.toMatchObject({
          kind: 'counted',
          amount: 100,
          entry: { entryId: 't' },
        });
        expect(await amountOf()).toBe(100);
        expect(await entries()).toHaveLength(1);
      }
    },
  );

  it('crashed after it was on the account, and nobody asks again → the sweep brings it into the ledger', async () => {
    await openAccount();
    await crashing.run(() => topUp('t'), { atWrite: 1, side: 'after' });
    expect(await store.accounts.bookLeftOver({ before: 1, limit: 10 })).toBe(0);
    expect(await store.accounts.bookLeftOver({ before: 2, limit: 10 })).toBe(1);
    expect(await store.accounts.bookLeftOver({ before: 2, limit: 10 })).toBe(0);
    expect(await entries()).toMatchObject([{ entryId: 't', cause: { kind: 'top-up', source: 'bank' } }]);
  });

  it('repeated after 200 others → counted once all the same', async () => {
    await openAccount();
    await topUp('first');
    for (let index = 0; index < 201; index += 1) await topUp(`other-${index}`, 1);
    await expect(topUp('first')).resolves.toMatchObject({ kind: 'counted', amount: 301 });
  });

  it('that would bring an account over the limit → refused, nothing written', async () => {
    await openAccount();
    await topUp('most', MOST_FEN);
    await expect(topUp('more', 1)).resolves.toEqual({ kind: 'too-much' });
    expect(await entries()).toHaveLength(1);
  });

  it('to an account that nobody knows → unknown', async () => {
    await expect(topUp('t')).resolves.toEqual({ kind: 'unknown' });
  });
});

describe('closing accounts', () => {
  it('with nothing on them → shut, and no top-up comes in any more', async () => {
    await openAccount();
    await expect(store.accounts.close({ userId, at: 5 })).resolves.toBe(true);
    await expect(store.accounts.close({ userId, at: 6 })).resolves.toBe(true);
    await expect(topUp('late')).resolves.toEqual({ kind: 'closed' });
    expect(await amountOf()).toBe(0);
  });

  it('with money on one → refused, and all stay open', async () => {
    await openAccount();
    await openAccount(redPackets, 'redPackets');
    await openAccount(points, 'points');
    await store.accounts.topUp({ entryId: 'r', accountId: redPackets, amount: 1, source: 'gift', at: 1 });
    await expect(store.accounts.close({ userId, at: 5 })).resolves.toBe(false);
    await expect(topUp('t')).resolves.toMatchObject({ kind: 'counted' });
  });

  it('with points → they lapse, as an entry', async () => {
    await openAccount(points, 'points');
    await store.accounts.topUp({ entryId: 'p', accountId: points, amount: 7, source: 'import', at: 1 });
    await expect(store.accounts.close({ userId, at: 5 })).resolves.toBe(true);
    expect(await amountOf(points)).toBe(0);
    expect((await entries(points)).map(({ cause, postings }) => [cause.kind, postings[0]?.amount])).toEqual([
      ['closing', -7],
      ['top-up', 7],
    ]);
  });

  it('crash at each of its writes, then again → shut, the points gone once', async () => {
    const prepare = async () => {
      await empty(store);
      await openAccount();
      await openAccount(points, 'points');
      await store.accounts.topUp({ entryId: 'p', accountId: points, amount: 7, source: 'import', at: 1 });
    };
    await prepare();
    const closing = () => store.accounts.close({ userId, at: 5 });
    const { writes } = await crashing.run(closing, null);
    for (let atWrite = 1; atWrite <= writes; atWrite += 1) {
      for (const side of sides) {
        await prepare();
        await crashing.run(closing, { atWrite, side });
        await expect(closing()).resolves.toBe(true);
        expect(await entries(points)).toHaveLength(2);
        expect(await amountOf(points)).toBe(0);
      }
    }
  });

  it('against top-ups at the same time → whatever was counted is there, and a shut account is empty', async () => {
    for (let round = 0; round < 20; round += 1) {
      await empty(store);
      await openAccount();
      const [shut, ...tops] = await Promise.all([
        store.accounts.close({ userId, at: 5 }),
        ...[1, 2, 3].map((index) => topUp(`${round}-${index}`)),
      ]);
      const counted = tops.filter(({ kind }) => kind === 'counted').length;
      expect(await amountOf()).toBe(100 * counted);
      if (shut) expect(counted).toBe(0);
    }
  });
});
