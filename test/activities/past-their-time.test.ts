import { createSweepActivities } from '../../activities/sweep/sweep.ts';
import { asNumberKey, asSessionId, asUserId, asVerificationId } from '../../domain/ids.ts';
import type { Store } from '../../store/store.ts';
import { testRegistry } from '../import/import-office.ts';
import { openTestStore } from '../store/open-store.ts';

let store: Store;
let close: () => Promise<void>;
beforeAll(async () => {
  ({ store, close } = await openTestStore());
});
afterAll(() => close());

const now = Date.parse('2026-11-24T08:00:00Z');
const minute = 60_000;
const day = 24 * 60 * minute;
const nothing = async () => undefined;

const tidyUp = () =>
  createSweepActivities({
    store,
    registry: testRegistry,
    messenger: { wakeNumbers: nothing, deliverNotice: nothing, runImport: nothing },
  }).tidyUp({ now });

const code = (id: string, expiresAt: number) =>
  store.verifications.issue({
    verificationId: asVerificationId(id),
    numberKey: asNumberKey('n1_phone'),
    purpose: 'login',
    codeHash: 'hash',
    issuedAt: expiresAt - 5 * minute,
    expiresAt,
  });

const session = (id: string, expiresAt: number) =>
  store.sessions.open({
    sessionId: asSessionId(id),
    secretHash: 'hash',
    userId: asUserId('user'),
    epoch: 0,
    method: 'password',
    createdAt: 0,
    expiresAt,
  });

const window = (key: string, endsAt: number) =>
  store.limits.take({ name: 'tries', key, points: 1, per: minute, now: endsAt - minute });

describe('tidyUp', () => {
  it('codes → deleted a day after their time, until when the request that proved one may come again', async () => {
    await code('old', now - day - 1);
    await code('proven lately', now - day + minute);
    await code('good', now + minute);
    await tidyUp();
    const kept = await store.verifications.model.find().lean();
    expect(kept.map(({ _id }) => _id).sort()).toEqual(['good', 'proven lately']);
  });

  it('addresses that a user has not logged in from for 90 days → forgotten, the others stay', async () => {
    const userId = asUserId('user');
    await store.knownAddresses.note({ userId, address: '192.0.2.1', now: now - 90 * day - 1 });
    await store.knownAddresses.note({ userId, address: '192.0.2.2', now: now - 90 * day + minute });
    await tidyUp();
    await expect(store.knownAddresses.model.countDocuments()).resolves.toBe(1);
    await expect(store.knownAddresses.has({ userId, address: '192.0.2.2', now })).resolves.toBe(true);
  });

  it('sessions and limits past their time → deleted, the others stay', async () => {
    await session('over', now - 1);
    await session('good', now + 1);
    await window('over', now - 1);
    await window('open', now + 1);
    await tidyUp();
    expect((await store.sessions.model.find().lean()).map(({ _id }) => _id)).toEqual(['good']);
    await expect(store.limits.model.countDocuments()).resolves.toBe(1);
  });
});
