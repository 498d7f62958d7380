import { createEffectActivities } from '../../activities/number/effects.ts';
import { createLifeActivities } from '../../activities/number/life.ts';
import { createLostClosingActivities } from '../../activities/user/lost-closings.ts';
import { parseRegistry } from '../../carriers/registry.ts';
import { asAccountId, asClaimId, asUserId } from '../../domain/ids.ts';
import type { Store } from '../../store/store.ts';
import { claim, day } from '../domain/number/events.ts';
import { crashable, sides } from '../import/crashing-store.ts';
import { openTestStore } from '../store/open-store.ts';
import {
  balance,
  begin,
  claimId,
  closeAsWorkflow,
  knownNumber,
  now,
  numberKey,
  points,
  recordingMessenger,
  userId,
} from './leavers.ts';
import { registryText } from './registry.ts';

const registry = parseRegistry({ text: registryText, source: 'test', folder: '.', env: {} });

let store: Store;
let close: () => Promise<void>;
let crashing: ReturnType<typeof crashable>;
let messenger: ReturnType<typeof recordingMessenger>;

beforeAll(async () => {
  ({ store, close } = await openTestStore());
  crashing = crashable(store);
});
afterAll(() => close());
beforeEach(() => {
  messenger = recordingMessenger();
});

const asked = () => store.closings.begin({ userId, epoch: 0, correlator: 'test', at: now });
const closing = () => closeAsWorkflow({ store, messenger });

/** All that came of it. */
async function outcome() {
  const [user, claims, evidence, found] = await Promise.all([
    store.users.find(userId),
    store.claims.find(numberKey),
    store.evidence.ofNumber(numberKey),
    store.closings.find(userId),
  ]);
  return {
    status: user?.status,
    phone: user?.phone,
    password: user?.passwordHash,
    claim: claims?.claim ?? null,
    owed: claims?.owed ?? [],
    released: claims?.released.map(({ cause }) => cause.kind),
    evidence: evidence.map(({ code }) => code),
    told: [...new Set(messenger.told)].map((id) => id.split(':')[1]),
    points: (await store.accounts.find(points))?.amount,
    topUp: (
      await store.accounts.topUp({ entryId: 'late', accountId: balance, amount: 1, source: 'b', at: now })
    ).kind,
    closing: [found?.status, found?.reason],
  };
}

const closed = {
  status: 'closed',
  phone: null,
  password: null,
  claim: null,
  owed: [],
  released: ['left'],
  evidence: ['claim.released'],
  told: ['released'],
  points: 0,
  topUp: 'closed',
  closing: ['closed', null],
};

describe('closing a user', () => {
  it('without money → closed, its claim ended with evidence, its sessions and accounts too', async () => {
    await begin(store);
    await asked();
    await closing();
    expect(await outcome()).toEqual(closed);
    expect((await store.users.find(userId))?.epoch).toBe(2);
    expect(messenger.woken).toEqual([]);
  });

  it('crash at each write, then all of it again → the same as without one', async () => {
    await begin(store);
    await asked();
    const { writes } = await crashing.run(closing, null);
    expect(writes).toBeGreaterThan(8);
    for (let atWrite = 1; atWrite <= writes; atWrite += 1) {
      for (const side of sides) {
        await begin(store);
        messenger = recordingMessenger();
        await asked();
        expect(await crashing.run(closing, { atWrite, side })).toMatchObject({ crashed: true });
        await closing();
        expect([atWrite, side, await outcome()]).toEqual([atWrite, side, closed]);
      }
    }
  });

  it('a number whose life sleeps until the end of a freeze → the life is woken, and finds nothing to do', async () => {
    await begin(store, { state: 'suspended' });
    await store.numbers.attendBy([numberKey], now + 1_000);
    await asked();
    await closing();
    expect(messenger.woken).toEqual([numberKey]);
    const life = createLifeActivities({ store, registry });
    expect(await life.readLife({ numberKey, now })).toMatchObject({ duties: [], nextAt: null });
    expect(await outcome()).toMatchObject({ claim: null, status: 'closed' });
  });

  it('money that came in after it was asked for → refused, and everything stays as it was', async () => {
    await begin(store);
    await asked();
    await store.accounts.topUp({ entryId: 't', accountId: balance, amount: 5, source: 'bank', at: now });
    await closing();
    expect(await outcome()).toMatchObject({
      status: 'open',
      phone: { numberKey, claimId },
      password: 'hash',
      claim: { claimId },
      evidence: [],
      points: 7,
      topUp: 'counted',
      closing: ['refused', 'balance_not_zero'],
    });
    await expect(asked()).resolves.toBe(true);
  });

  it('money that came in after a crash had shut one of two accounts → refused, and both are open', async () => {
    await begin(store);
    const gifts = asAccountId('leaver-red-packets');
    await store.accounts.open({ accountId: gifts, userId, kind: 'redPackets' });
    await asked();
    expect(await crashing.run(closing, { atWrite: 1, side: 'after' })).toMatchObject({ crashed: true });
    await store.accounts.topUp({ entryId: 't', accountId: gifts, amount: 5, source: 'bank', at: now });
    await closing();
    expect(await outcome()).toMatchObject({
      status: 'open',
      topUp: 'counted',
      closing: ['refused', 'balance_not_zero'],
    });
    expect(await store.accounts.isShut(userId)).toBe(false);
  });

  it('I2: the session that asked for it ended before it began → refused, and everything stays', async () => {
    await begin(store);
    await asked();
    await store.users.raiseEpoch(userId, 'released');
    await closing();
    expect(await outcome()).toMatchObject({
      status: 'open',
      phone: { claimId },
      claim: { claimId },
      points: 7,
      topUp: 'counted',
      closing: ['refused', 'session_required'],
    });
  });

  it('asked for twice → one closing', async () => {
    await begin(store);
    await expect(asked()).resolves.toBe(true);
    await expect(asked()).resolves.toBe(false);
    await closing();
    await expect(asked()).resolves.toBe(false);
    await closing();
    expect(await outcome()).toEqual(closed);
  });

  it('a user without a phone → closed', async () => {
    await begin(store);
    await store.claims.withdraw({ numberKey, claimId });
    await store.users.dropPhone(userId, claimId);
    await asked();
    await closing();
    expect(await outcome()).toMatchObject({ status: 'closed', closing: ['closed', null], released: [] });
  });

  it('I1: a former number is given back in the middle of it, at whatever write → no claim of a closed user is left', async () => {
    const former = asClaimId('former-claim');
    const rig = async () => {
      await begin(store);
      const key = await knownNumber(store, 8);
      await store.claims.claim(key, { ...claim(), claimId: former, userId });
      const cause = { kind: 'freeze-ended', eventKey: null } as const;
      await store.claims.release({ numberKey: key, claimId: former, at: day(20), since: day(10), cause });
      await asked();
      return key;
    };
    await rig();
    const { writes } = await crashing.run(closing, null);
    for (let atWrite = 1; atWrite <= writes; atWrite += 1) {
      const key = await rig();
      const duty = {
        kind: 'give-back-claim',
        claimId: former,
        userId,
        since: day(20),
        state: 'active',
      } as const;
      const givingBack = () =>
        createEffectActivities({ store, messenger }).giveBackClaim({
          numberKey: key,
          duty,
          at: now,
          attendBy: null,
          correlator: 'test',
        });
      await crashing.run(closing, { atWrite, side: 'after' });
      // The life dies after it put the phone on the user, and before the claim is back.
      await crashing.run(givingBack, { atWrite: 1, side: 'after' });
      await closing();
      await givingBack();
      const doc = await store.claims.find(key);
      expect([atWrite, doc?.claim ?? null, (await store.users.find(userId))?.phone]).toEqual([
        atWrite,
        null,
        null,
      ]);
      expect(await store.users.find(userId)).toMatchObject({ status: 'closed' });
    }
  });
});

describe('lost closings', () => {
  const sweep = (
    closer: { closeUser(call: { userId: string }): Promise<void> },
    handlesKept = 90 * 86_400_000,
  ) => createLostClosingActivities({ store, messenger: closer, handlesKept });

  it('pending for a minute → started, once a minute', async () => {
    await begin(store);
    await asked();
    const started: string[] = [];
    const { resumeClosings } = sweep({ closeUser: async (call) => void started.push(call.userId) });
    expect(await resumeClosings({ now: now + 60_000 })).toBe(0);
    expect(await resumeClosings({ now: now + 60_001 })).toBe(1);
    expect(await resumeClosings({ now: now + 60_002 })).toBe(0);
    expect(started).toEqual([userId]);
  });

  it('a closed user → nickname and e-mail stay its own for the time set, and are free after it', async () => {
    await begin(store);
    await asked();
    await closing();
    const { freeHandles } = sweep({ closeUser: async () => undefined }, 1_000);
    const other = { kind: 'nickname', normalised: 'nick', userId: asUserId('other') } as const;
    expect(await freeHandles({ now: now + 1_000 })).toBe(0);
    expect(await store.handles.reserve(other)).toBe(false);
    expect(await freeHandles({ now: now + 1_001 })).toBe(1);
    expect(await freeHandles({ now: now + 1_001 })).toBe(0);
    expect(await store.handles.reserve(other)).toBe(true);
    expect(await store.handles.ownerOf('email', 'user@example.com')).toBeNull();
    expect(await store.users.find(userId)).toMatchObject({
      nickname: null,
      email: null,
      emailVerified: false,
    });
  });

  it('crash at each write of freeing handles, then again → free, and nobody else loses one', async () => {
    const free = () => sweep({ closeUser: async () => undefined }, 1_000).freeHandles({ now: now + 2_000 });
    const prepare = async () => {
      await begin(store);
      await asked();
      await closing();
    };
    await prepare();
    const { writes } = await crashing.run(free, null);
    for (let atWrite = 1; atWrite <= writes; atWrite += 1) {
      for (const side of sides) {
        await prepare();
        await crashing.run(free, { atWrite, side });
        await free();
        expect(await store.handles.ownerOf('nickname', 'nick')).toBeNull();
        expect(await store.handles.ownerOf('email', 'user@example.com')).toBeNull();
        expect(await free()).toBe(0);
      }
    }
  });
});
