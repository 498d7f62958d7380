import { asImportId, type NumberKey } from '../../domain/ids.ts';
import { verifyPassword } from '../../platform/passwords.ts';
import type { Store } from '../../store/store.ts';
import { openTestStore, testHasher } from '../store/open-store.ts';
import { crashable, sides } from './crashing-store.ts';
import { openImportOffice } from './import-office.ts';
import { contents, empty, phoneOf } from './new-users.ts';

let store: Store;
let close: () => Promise<void>;
let office: ReturnType<typeof openImportOffice>;
let crashing: ReturnType<typeof crashable>;

beforeAll(async () => {
  ({ store, close } = await openTestStore());
  crashing = crashable(store);
});
afterAll(() => close());
beforeEach(async () => {
  await empty(store);
  office = openImportOffice(store);
});

const registeredAt = '2024-05-01T08:00:00+08:00';
const withPhone = (index: number, more = {}) => ({ phone: phoneOf(index), registeredAt, ...more });
const withNickname = (nickname: string, more = {}) => ({ nickname, registeredAt, ...more });
const codes = (results: readonly object[]) =>
  results.map((each) => ('code' in each ? each.code : 'imported'));
const claimOn = async (index: number) => (await store.claims.find(keyOf(index)))?.claim;
const keyOf = (index: number): NumberKey => testHasher.numberKeyOf(phoneOf(index));

describe('importPart', () => {
  it('broken, doubled and taken lines among good ones → each has its own result, the good ones their users', async () => {
    await office.importPart(await office.receive([withPhone(1), withNickname('Alice')]));
    const importId = await office.receive([
      withPhone(2, { nickname: 'bob' }),
      '{"phone":',
      withPhone(1),
      withPhone(2),
      withNickname('ＡＬＩＣＥ'),
      { phone: '+8613900000001', registeredAt },
      withNickname('carol', { email: 'a@example.com', emailVerified: true }),
      withNickname('dave', { email: 'A@example.com', emailVerified: true }),
      withNickname('erin', { email: 'A@example.com' }),
    ]);
    const { progress, partsLeft } = await office.importPart(importId);

    const results = await office.results(importId);
    expect(codes(results)).toEqual([
      'imported',
      'line_malformed',
      'phone_in_use',
      'phone_in_use',
      'nickname_in_use',
      'number_not_served',
      'imported',
      'email_in_use',
      'imported',
    ]);
    expect(results.map(({ line }) => line)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9]);
    expect({ progress, partsLeft }).toEqual({
      progress: { partsDone: 1, imported: 3, rejected: 6 },
      partsLeft: false,
    });
    expect(await store.imports.find(importId)).toMatchObject({
      imported: 3,
      rejected: 6,
      chunksDone: 1,
      lines: 9,
    });
    const [first] = results;
    expect(await claimOn(2)).toMatchObject({ userId: first && 'userId' in first ? first.userId : null });
  });

  it('the same number on fifty lines → the first one has it, every time (I1)', async () => {
    for (let round = 0; round < 3; round += 1) {
      await empty(store);
      const importId = await office.receive(
        Array.from({ length: 50 }, (_, index) => withPhone(1, { nickname: `n${index}` })),
      );
      await office.importPart(importId);
      expect(codes(await office.results(importId))).toEqual(['imported', ...Array(49).fill('phone_in_use')]);
    }
  });

  it('crash at any write, then done again → the same users, results and counts', async () => {
    const lines = [
      withPhone(1, { nickname: 'bob', accounts: [{ kind: 'balance', amount: 5 }] }),
      withPhone(1, { nickname: 'carol' }),
      withPhone(2, { nickname: 'bob' }),
      withPhone(3, { identity: { name: '张三', idNumber: '11010519491231002X', verified: true } }),
    ];
    const importId = await office.receive(lines);
    const received = await Promise.all([
      store.imports.model.find().lean(),
      store.imports.chunks.model.find().lean(),
    ]);
    const restore = async () => {
      await empty(store);
      await store.imports.model.insertMany(received[0]);
      await store.imports.chunks.model.insertMany(received[1]);
    };
    const end = async () => {
      const { users, claims, accounts, ledger, handles } = await contents(store);
      const open = users
        .filter(({ status }) => status !== 'abandoned')
        .map(({ _id, status, phone }) => ({ _id, status, phone }));
      return {
        open,
        claims: claims.map(({ _id, claim }) => ({ _id, ...(claim as object), stateSince: 0 })),
        accounts,
        ledger: ledger.map(({ _id, postings }) => ({ _id, postings })),
        handles,
        results: await office.results(importId),
        about: { ...(await store.imports.find(importId)), touchedAt: 0 },
      };
    };
    const { writes } = await crashing.run(() => office.importPart(importId), null);
    const wanted = await end();
    expect(codes(wanted.results)).toEqual(['imported', 'phone_in_use', 'nickname_in_use', 'imported']);
    expect(wanted.about).toMatchObject({ imported: 2, rejected: 2 });

    for (let atWrite = 1; atWrite <= writes; atWrite += 1) {
      for (const side of sides) {
        await restore();
        expect(await crashing.run(() => office.importPart(importId), { atWrite, side })).toMatchObject({
          crashed: true,
        });
        expect(await office.importPart(importId)).toMatchObject({ progress: { imported: 2, rejected: 2 } });
        expect(await end()).toEqual(wanted);
      }
    }
  });

  it('done before → the same counts once more, and nothing else happens', async () => {
    const importId = await office.receive([withPhone(1), withPhone(1)], [withPhone(2)]);
    const first = await office.importPart(importId);
    const before = await contents(store);
    expect(await office.importPart(importId)).toEqual(first);
    expect(await contents(store)).toEqual(before);
    expect(await office.importPart(importId, first.progress)).toEqual({
      progress: { partsDone: 2, imported: 2, rejected: 1 },
      partsLeft: false,
    });
  });

  it('its lines are done → nothing of what they said is left but in the users (I9)', async () => {
    const importId = await office.receive([withPhone(1), { phone: phoneOf(2), registeredAt: 'yesterday' }]);
    const inStore = async () => JSON.stringify(await store.imports.chunks.model.find().lean());
    expect(await inStore()).not.toContain(phoneOf(1));
    await office.importPart(importId);
    expect(await store.imports.chunks.model.find().lean()).toMatchObject([{ body: null }]);
    expect(await inStore()).not.toContain(phoneOf(2));
  });

  it('a plain password and a hash → a hash that verifies, and the hash as it came', async () => {
    const passwordHash =
      '$argon2i$m=65536,t=2,p=1$c29tZXNhbHRzb21lc2FsdA$R6mBoYTsFb+OoTk6r2D2B5MQ+hiC+TSfFLE68JJsDbs';
    const importId = await office.receive([
      withNickname('alice', { password: 'correct horse' }),
      withNickname('bob', { passwordHash }),
    ]);
    await office.importPart(importId);
    const users = await store.users.model.find().lean<{ passwordHash: string }[]>();
    const hashes = users.map((user) => user.passwordHash);
    expect(hashes).toContain(passwordHash);
    const [made = ''] = hashes.filter((hash) => hash !== passwordHash);
    expect(await verifyPassword(made, 'correct horse')).toBe(true);
  });

  it('an identity that the company verified → verified since the import came in, not before', async () => {
    const identity = { name: '张三', idNumber: '11010519491231002X' };
    const importId = await office.receive([
      withPhone(1, { identity: { ...identity, verified: true } }),
      withPhone(2, { identity }),
    ]);
    await office.importPart(importId);
    const { receivedAt } = (await store.imports.find(importId)) ?? {};
    const customers = await store.customers.model.find().lean<{ verifiedAt: number | null }[]>();
    expect(customers.map(({ verifiedAt }) => verifiedAt).sort()).toEqual([null, receivedAt].sort());
  });

  it('a number that is frozen since → its claim comes in suspended, and the number is woken', async () => {
    const at = Date.now() - 86_400_000;
    await store.numbers.write([
      {
        numberKey: keyOf(1),
        phone: phoneOf(1),
        province: 'sichuan',
        system: 'mobile-5g',
        events: [
          {
            key: 's:1',
            id: '1',
            type: 'number.cancelled',
            at,
            receivedAt: at,
            province: 'sichuan',
            system: 'mobile-5g',
            lineId: null,
            joined: null,
            retracts: null,
          },
        ],
        provenAt: [],
        phase: 'ended',
        freezeEndsAt: at + 90 * 86_400_000,
        fromVersion: 0,
      },
    ]);
    const importId = await office.receive([withPhone(1), withPhone(2)]);
    await office.importPart(importId);
    expect(await claimOn(1)).toMatchObject({ state: 'suspended' });
    expect(await claimOn(2)).toMatchObject({ state: 'active' });
    expect(office.woken).toEqual([keyOf(1)]);
    expect(await store.numbers.find(keyOf(1))).toMatchObject({
      phase: 'ended',
      freezeEndsAt: expect.any(Number),
    });
  });

  it.each([
    ['changed', { body: 'v1.f1.AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA' }, 'lines_unreadable'],
    ['gone', { body: null }, 'lines_missing'],
  ])('its lines are %s → a failure that is not tried again', async (_, change, type) => {
    const importId = await office.receive([withPhone(1)]);
    await store.imports.chunks.model.updateMany({}, { $set: change });
    await expect(office.importPart(importId)).rejects.toMatchObject({ type, nonRetryable: true });
  });

  it('an import that nobody knows → a failure that is not tried again', async () => {
    await expect(office.importPart(asImportId('none'))).rejects.toMatchObject({ type: 'lines_missing' });
  });
});
