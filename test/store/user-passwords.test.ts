import { randomUUID } from 'node:crypto';
import { asClaimId, asUserId } from '../../domain/ids.ts';
import type { Store } from '../../store/store.ts';
import { openTestStore } from './open-store.ts';

let store: Store;
let close: () => Promise<void>;
beforeAll(async () => {
  ({ store, close } = await openTestStore());
});
afterAll(() => close());

const claimId = asClaimId('claim');
/** When the number went to somebody else. */
const since = 1_000;

/** An open user with the password `own`, on whom passwords are set one after another. */
async function user() {
  const userId = asUserId(randomUUID());
  const none = { nickname: null, email: null, emailVerified: false, customerId: null, phone: null };
  await store.users.createPending({ ...none, userId, passwordHash: 'own', registeredAt: 1, createdAt: 1 });
  await store.users.commit(userId);
  let epoch = 0;
  const set = async (passwordHash: string, origin?: { claimId: typeof claimId; at: number } | null) => {
    const about = { userId, epoch, passwordHash, cause: passwordHash };
    const begun = await store.users.setPassword(origin === undefined ? about : { ...about, origin });
    epoch = begun ?? epoch;
    return begun;
  };
  return {
    userId,
    /** As whoever knows the one before does. */
    change: (passwordHash: string) => set(passwordHash),
    /** As whoever has a code of the phone does. */
    byCode: (passwordHash: string, at: number) => set(passwordHash, { claimId, at }),
    /** As whoever has the mailed token does. */
    byMail: (passwordHash: string) => set(passwordHash, null),
    voided: (of = claimId) => store.users.voidPassword({ userId, claimId: of, since }),
    hash: async () => (await store.users.find(userId))?.passwordHash,
  };
}

describe('setPassword', () => {
  it('in the epoch that was read → set, and the next epoch begins', async () => {
    const { change, hash } = await user();
    await expect(change('new')).resolves.toBe(1);
    await expect(hash()).resolves.toBe('new');
  });

  it('in one that is over → null, and nothing changed', async () => {
    const { userId, change, hash } = await user();
    await store.users.raiseEpoch(userId, 'release');
    await expect(change('new')).resolves.toBeNull();
    await expect(hash()).resolves.toBe('own');
  });

  it('of a closed user → null', async () => {
    const { userId, change } = await user();
    await store.users.model.updateOne({ _id: userId }, { $set: { status: 'closed' } });
    await expect(change('new')).resolves.toBeNull();
  });

  it('50 at one instant → one', async () => {
    const { userId } = await user();
    const begun = await Promise.all(
      Array.from({ length: 50 }, (_, index) =>
        store.users.setPassword({ userId, epoch: 0, passwordHash: `p${index}`, cause: `c${index}` }),
      ),
    );
    expect(begun.filter((epoch) => epoch !== null)).toEqual([1]);
  });
});

describe('rehashPassword', () => {
  it('of the hash that was checked → replaced, in the same epoch; of an older one → not', async () => {
    const { userId, hash } = await user();
    await store.users.rehashPassword({ userId, from: 'own', to: 'costly' });
    await store.users.rehashPassword({ userId, from: 'own', to: 'late' });
    await expect(hash()).resolves.toBe('costly');
    await expect(store.users.find(userId)).resolves.toMatchObject({ epoch: 0 });
  });
});

describe('voidPassword', () => {
  it('set by a code since the number had another holder → the one before is back', async () => {
    const { byCode, voided, hash } = await user();
    await byCode('stranger’s', since);
    await expect(voided()).resolves.toBe(true);
    await expect(hash()).resolves.toBe('own');
  });

  it('set so again and again, the last time with the one before → the one before the first is back', async () => {
    const { byCode, change, voided, hash } = await user();
    await byCode('stranger’s', since);
    await byCode('stranger’s second', since + 1);
    await change('stranger’s third');
    await voided();
    await expect(hash()).resolves.toBe('own');
  });

  it('set by its owner’s code before, and then by a stranger’s → the owner’s is back', async () => {
    const { byCode, voided, hash } = await user();
    await byCode('owner’s', since - 1);
    await byCode('stranger’s', since + 1);
    await voided();
    await expect(hash()).resolves.toBe('owner’s');
  });

  it('set so more often than is remembered → none', async () => {
    const { byCode, voided, hash } = await user();
    for (let times = 0; times < 6; times += 1) await byCode(`stranger’s ${times}`, since + times);
    await voided();
    await expect(hash()).resolves.toBeNull();
  });

  it('set by a code before the number had another holder → stays', async () => {
    const { byCode, voided, hash } = await user();
    await byCode('owner’s', since - 1);
    await expect(voided()).resolves.toBe(false);
    await expect(hash()).resolves.toBe('owner’s');
  });

  it('set by a code and then by a mailed token → stays', async () => {
    const { byCode, byMail, voided, hash } = await user();
    await byCode('stranger’s', since);
    await byMail('owner’s');
    await expect(voided()).resolves.toBe(false);
    await expect(hash()).resolves.toBe('owner’s');
  });

  it('set by a code of another claim → stays', async () => {
    const { byCode, voided, hash } = await user();
    await byCode('owner’s', since);
    await expect(voided(asClaimId('earlier'))).resolves.toBe(false);
    await expect(hash()).resolves.toBe('owner’s');
  });

  it('done twice → the second time it says so again, and leaves what the owner has set meanwhile', async () => {
    const { byCode, change, voided, hash } = await user();
    await byCode('stranger’s', since);
    await voided();
    await change('owner’s new');
    await expect(voided()).resolves.toBe(true);
    await expect(hash()).resolves.toBe('owner’s new');
  });
});
