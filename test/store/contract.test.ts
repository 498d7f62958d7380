import {
  asAccountId,
  asClaimId,
  asCustomerId,
  asNumberKey,
  asSessionId,
  asUserId,
} from '../../domain/ids.ts';
import type { PhoneNumber } from '../../domain/phone-number.ts';
import { connectStore } from '../../store/connection.ts';
import { UnbalancedEntry } from '../../store/ledger.ts';
import type { NumberChange } from '../../store/numbers.ts';
import type { Store } from '../../store/store.ts';
import { openTestStore } from './open-store.ts';

/** What every store must do that Linekeeper runs on: the embedded one and MongoDB alike. */
let store: Store;
let url: string;
let close: () => Promise<void>;
beforeAll(async () => {
  ({ store, url, close } = await openTestStore());
});
afterAll(() => close());

const fifty = Array.from({ length: 50 }, (_, index) => index);
const user = (id: string) => ({
  userId: asUserId(id),
  nickname: '小明',
  email: 'ming@example.com',
  emailVerified: true,
  passwordHash: null,
  customerId: null,
  phone: null,
  registeredAt: 1,
  createdAt: 1,
});

describe('store set-up', () => {
  it('run again, and by several at once → every index is there under the name of its query', async () => {
    await Promise.all([store.setUp(), store.setUp()]);
    const indexes = await store.numbers.model.collection.indexes();
    expect(indexes.map(({ name }) => name)).toEqual(
      expect.arrayContaining(['list_by_state_and_freeze_end', 'sweep_what_is_overdue']),
    );
  });
});

describe('store atomicity', () => {
  it('50 callers raise an epoch for 50 causes → 50 higher', async () => {
    await store.users.createPending(user('epochs'));
    await Promise.all(fifty.map((cause) => store.users.raiseEpoch(asUserId('epochs'), `cause-${cause}`)));
    await expect(store.users.find(asUserId('epochs'))).resolves.toMatchObject({ epoch: 50 });
  });

  it('50 callers raise an epoch for one cause → 1 higher', async () => {
    await store.users.createPending(user('epoch'));
    await Promise.all(fifty.map(() => store.users.raiseEpoch(asUserId('epoch'), 'one cause')));
    await expect(store.users.find(asUserId('epoch'))).resolves.toMatchObject({ epoch: 1 });
  });

  it('50 callers reserve one handle → one has it', async () => {
    const reserved = await Promise.all(
      fifty.map((each) =>
        store.handles.reserve({ kind: 'nickname', normalised: 'ming', userId: asUserId(`user-${each}`) }),
      ),
    );
    expect(reserved.filter(Boolean)).toHaveLength(1);
  });

  it('50 writers of one number from one version → one takes', async () => {
    const change = (system: string): NumberChange => ({
      numberKey: asNumberKey('n1_versions'),
      phone: '+8613800000000' as PhoneNumber,
      province: 'sichuan',
      system,
      events: [],
      provenAt: [],
      phase: 'unknown',
      freezeEndsAt: null,
      fromVersion: 0,
    });
    const took = await Promise.all(fifty.map((each) => store.numbers.write([change(`system-${each}`)])));
    expect(took.filter(Boolean)).toHaveLength(1);
    await expect(store.numbers.find(asNumberKey('n1_versions'))).resolves.toMatchObject({
      version: 1,
      system: `system-${took.indexOf(true)}`,
    });
  });

  it('50 callers advance a feed by one position each → all are there, without a gap', async () => {
    await Promise.all(
      fifty.map((at) => store.feeds.advance('sichuan/test', { sequences: [at + 1], heartbeatAt: at })),
    );
    await expect(store.feeds.find('sichuan/test')).resolves.toMatchObject({ ahead: [], lastHeartbeatAt: 49 });
  });

  it('one top-up by 50 callers → counted once', async () => {
    const accountId = asAccountId('money');
    await store.accounts.open({ accountId, userId: asUserId('rich'), kind: 'balance' });
    await Promise.all(
      fifty.map(() =>
        store.accounts.topUp({ entryId: 'top-up-1', accountId, amount: 12_345, source: 'bank', at: 1 }),
      ),
    );
    await expect(store.accounts.ofUser(asUserId('rich'))).resolves.toMatchObject([{ amount: 12_345 }]);
    await expect(store.accounts.entriesOf({ accountId, limit: 10 })).resolves.toHaveLength(1);
  });
});

describe('store of accounts', () => {
  it.each([
    ['that does not sum to zero', [5, -4]],
    ['with a fraction of a fen', [0.5, -0.5]],
  ])('an entry %s → refused', async (_, amounts) => {
    const postings = amounts.map((amount, index) => ({ accountId: `account-${index}`, amount }));
    const opening = { entryId: 'bad', at: 1, cause: { kind: 'import', ref: 'x' } as const, postings };
    const account = { accountId: asAccountId('bad'), userId: asUserId('bad'), kind: 'balance' } as const;
    await expect(store.accounts.open({ ...account, opening })).rejects.toBeInstanceOf(UnbalancedEntry);
  });
});

describe('store of users', () => {
  it('I3: giving up a committed user → refused', async () => {
    await store.users.createPending(user('committed'));
    await store.users.commit(asUserId('committed'));
    await expect(store.users.abandon(asUserId('committed'), 5)).resolves.toBe(false);
  });

  it('I1: a second phone for a user → refused', async () => {
    const userId = asUserId('one-phone');
    await store.users.createPending(user('one-phone'));
    await store.users.commit(userId);
    const first = { numberKey: asNumberKey('n1_a'), claimId: asClaimId('a') };
    await expect(store.users.takePhone(userId, first)).resolves.toBe(true);
    await expect(store.users.takePhone(userId, first)).resolves.toBe(true);
    await expect(
      store.users.takePhone(userId, { numberKey: asNumberKey('n1_b'), claimId: asClaimId('b') }),
    ).resolves.toBe(false);
  });

  it('dropping the phone of an ended claim → a later claim stays', async () => {
    const userId = asUserId('later-phone');
    await store.users.createPending(user('later-phone'));
    await store.users.commit(userId);
    await store.users.takePhone(userId, { numberKey: asNumberKey('n1_a'), claimId: asClaimId('later') });
    await store.users.dropPhone(userId, asClaimId('earlier'));
    await expect(store.users.find(userId)).resolves.toMatchObject({ phone: { claimId: 'later' } });
  });
});

describe('store of sessions', () => {
  it('the epoch of the user rises → the session is dead', async () => {
    const userId = asUserId('session');
    await store.users.createPending(user('session'));
    const sessionId = asSessionId('session');
    const granted = {
      sessionId,
      secretHash: 'hash',
      userId,
      epoch: 0,
      method: 'code',
      createdAt: 1,
    } as const;
    await store.sessions.open({ ...granted, expiresAt: 100 });
    const good = async () => {
      const epoch = (await store.users.find(userId))?.epoch ?? -1;
      return store.sessions.ofUser({ userId, epoch, now: 50 });
    };
    await expect(good()).resolves.toMatchObject([{ sessionId }]);
    await store.users.raiseEpoch(userId, 'claim:suspended');
    await expect(good()).resolves.toEqual([]);
  });
});

describe('I9: personal data at rest', () => {
  it('a user, a customer and a number → nothing of them in clear text', async () => {
    await store.users.createPending(user('private'));
    await store.customers.create({
      customerId: asCustomerId('private'),
      name: '欧阳小明',
      idNumber: '11010519491231002X',
      verifiedAt: 1,
      createdAt: 1,
    });
    await expect(store.customers.find(asCustomerId('private'))).resolves.toMatchObject({ name: '欧阳小明' });
    const connection = await connectStore({ url });
    const collections = await connection.listCollections();
    const dump = await Promise.all(
      collections.map(async ({ name }) => JSON.stringify(await connection.collection(name).find().toArray())),
    );
    await connection.close();
    for (const value of ['小明', 'ming@example.com', '11010519491231002X', '13800000000']) {
      expect(dump.join('\n')).not.toContain(value);
    }
    expect(dump.join('\n')).toContain('private');
  });
});
