import { createEffectActivities } from '../../activities/number/effects.ts';
import { createLifeActivities } from '../../activities/number/life.ts';
import { parseRegistry } from '../../carriers/registry.ts';
import type { Claim } from '../../domain/claim.ts';
import { asClaimId, asUserId, type NumberKey, type UserId } from '../../domain/ids.ts';
import type { NumberEvent } from '../../domain/number/event.ts';
import type { ClaimDoc } from '../../store/claim-doc.ts';
import type { Store } from '../../store/store.ts';
import { createScriptedCarriers } from '../carriers/scripted.ts';
import { claim, day, event } from '../domain/number/events.ts';
import { crashable, sides } from '../import/crashing-store.ts';
import { openTestStore } from '../store/open-store.ts';
import {
  begin,
  knownNumber,
  claimId as oldClaim,
  numberKey as oldNumber,
  recordingMessenger,
  userId,
} from './leavers.ts';
import { changeAsWorkflow, type Tools } from './phone-changers.ts';
import { registryText } from './registry.ts';

/** Its carrier's join dates tell transfers too. */
const text = registryText.replace('trackedSince:', 'restartsOnTransfer: true\n    trackedSince:');
const registry = parseRegistry({ text, source: 'test', folder: '.', env: {} });
const carriers = createScriptedCarriers(registry);

let store: Store;
let close: () => Promise<void>;
let crashing: ReturnType<typeof crashable>;
let messenger: ReturnType<typeof recordingMessenger>;
let newNumber: NumberKey;

beforeAll(async () => {
  ({ store, close } = await openTestStore());
  crashing = crashable(store);
});
afterAll(() => {
  carriers.close();
  return close();
});

const now = day(30);
const former = asUserId('former');
const rival = asUserId('rival');
const newClaim = asClaimId('claim-new');
const tools = (): Tools => ({ store, registry, messenger, carriers, now: () => now });
const change = (meanwhile?: () => Promise<unknown>) => changeAsWorkflow(tools(), 'change-1', meanwhile);

async function openUser(id: UserId, key: NumberKey, claimId: Claim['claimId'], more: Partial<Claim> = {}) {
  await store.users.createPending({
    ...{ userId: id, nickname: null, email: `${id}@example.com`, emailVerified: true, passwordHash: 'hash' },
    ...{ customerId: null, phone: { numberKey: key, claimId }, registeredAt: day(10), createdAt: day(10) },
  });
  await store.users.commit(id);
  await store.claims.claim(key, { ...claim(), claimId, userId: id, ...more });
}

/** Somebody else proved the new number, with a later code. */
const overtake = (key = newNumber, id = rival) =>
  openUser(id, key, asClaimId(`claim-${id}`), { claimedAt: now, anchoredAt: now, stateSince: now });

async function report(key: NumberKey, ...events: NumberEvent[]): Promise<void> {
  const number = await store.numbers.find(key);
  if (!number) throw new Error('no number');
  await store.numbers.write([{ ...number, events, fromVersion: number.version }]);
}

/** The user holds the old number, and proved the new one just now. */
async function ask({ held = {}, of = 8 }: { held?: Partial<Claim>; of?: number } = {}): Promise<void> {
  await begin(store, held);
  messenger = recordingMessenger();
  carriers.reset();
  newNumber = of === 7 ? oldNumber : await knownNumber(store, of);
}

async function request(): Promise<void> {
  await store.phoneRequests.begin({
    requestId: 'change-1',
    kind: 'phone-change',
    userId,
    numberKey: newNumber,
    claimId: newClaim,
    issuedAt: now - 2,
    provenAt: now - 1,
    formerClaimId: (await store.claims.find(newNumber))?.claim?.claimId ?? null,
    epoch: 0,
    correlator: 'test',
    createdAt: now,
  });
}

/** All live claims of the user. */
async function liveClaims(): Promise<string[]> {
  const docs = await store.claims.model.find({ 'claim.userId': userId }).lean<ClaimDoc[]>();
  return docs.map(({ claim: live }) => String(live?.claimId));
}

async function outcome() {
  const [user, old, taken, oldEvidence] = await Promise.all([
    store.users.find(userId),
    store.claims.find(oldNumber),
    store.claims.find(newNumber),
    store.evidence.ofNumber(oldNumber),
  ]);
  return {
    phone: user?.phone?.claimId ?? null,
    live: await liveClaims(),
    old: [old?.claim?.claimId ?? null, old?.claim?.state ?? null],
    released: old?.released.map(({ cause }) => cause.kind),
    owed: [...(old?.owed ?? []), ...(taken?.owed ?? [])],
    holder: taken?.claim?.userId ?? null,
    evidence: oldEvidence.map(({ code }) => code).sort(),
    told: [...new Set(messenger.told)].map((id) => id.split(':').slice(0, 2).join(':')).sort(),
    request: (await store.phoneRequests.find('change-1'))?.status,
    sessionsEnded: (user?.epoch ?? 0) > 0,
  };
}

const changed = {
  phone: newClaim,
  live: [newClaim],
  old: [null, null],
  released: ['left'],
  owed: [],
  holder: userId,
  evidence: ['claim.released'],
  told: [`${oldClaim}:released`],
  request: 'granted',
  sessionsEnded: true,
};
const unchanged = {
  phone: oldClaim,
  live: [oldClaim],
  old: [oldClaim, 'active'],
  released: [],
  owed: [],
  evidence: [],
  told: [],
  request: 'refused',
  sessionsEnded: false,
};

/** The tenancy that a claim was made in, as its carrier described it then. */
const joined = { precision: 'second', at: day(5) } as const;
const tenancy = { joined, source: 'carrier:sichuan/mobile-5g' };

/** Somebody has the new number since long ago, and by its carrier it went to another holder since. */
async function recycled(): Promise<void> {
  await openUser(former, newNumber, asClaimId('claim-former'), { tenancy });
  carriers.says({ line: { joined: { precision: 'second', at: day(25) } } });
}

interface Story {
  what: string;
  prepare: () => Promise<unknown>;
  meanwhile?: () => Promise<unknown>;
  wanted: object;
}

const stories: Story[] = [
  {
    what: 'to a free number',
    prepare: async () => {
      await ask();
      await request();
    },
    wanted: changed,
  },
  {
    what: 'away from a number that is frozen, whose life sleeps on it',
    prepare: async () => {
      await ask({ held: { state: 'suspended' } });
      await report(oldNumber, event('number.cancelled', 20));
      await store.numbers.attendBy([oldNumber], day(110));
      await request();
    },
    wanted: changed,
  },
  {
    what: 'without an old phone',
    prepare: async () => {
      await ask();
      await store.claims.withdraw({ numberKey: oldNumber, claimId: oldClaim });
      await store.users.dropPhone(userId, oldClaim);
      await request();
    },
    wanted: { ...changed, released: [], evidence: [], told: [] },
  },
  {
    what: 'to a recycled number',
    prepare: async () => {
      await ask();
      await recycled();
      await request();
    },
    wanted: { ...changed, told: [`${oldClaim}:released`, 'claim-former:released'] },
  },
  {
    what: 'to a number whose present holder is its user',
    prepare: async () => {
      await ask();
      await recycled();
      carriers.says({ line: { joined } });
      await request();
    },
    wanted: { ...unchanged, holder: former },
  },
  {
    what: 'to a number that somebody else proves meanwhile',
    prepare: async () => {
      await ask();
      await request();
    },
    meanwhile: () => overtake(),
    wanted: { ...unchanged, holder: rival },
  },
  {
    what: 'to a number that somebody else proves meanwhile, away from one that froze',
    prepare: async () => {
      await ask({ held: { state: 'suspended' } });
      await report(oldNumber, event('number.cancelled', 20));
      await request();
    },
    meanwhile: () => overtake(),
    wanted: { ...unchanged, old: [oldClaim, 'suspended'], holder: rival },
  },
];

describe('a change of phone', () => {
  it.each(stories)('$what → as it is to be', async ({ prepare, meanwhile, wanted }) => {
    await prepare();
    await change(meanwhile);
    expect(await outcome()).toEqual(wanted);
  });

  it.each(stories)(
    'I1: $what, a crash at each write, then again → never two phones, and in the end the same',
    async ({ prepare, meanwhile, wanted }) => {
      await prepare();
      const { writes } = await crashing.run(() => change(meanwhile), null);
      for (let atWrite = 1; atWrite <= writes; atWrite += 1) {
        for (const side of sides) {
          await prepare();
          await crashing.run(() => change(meanwhile), { atWrite, side });
          expect((await liveClaims()).length).toBeLessThanOrEqual(1);
          const holder = (await store.claims.find(newNumber))?.claim?.userId;
          // What happened meanwhile may have crashed too: it happens then.
          if (meanwhile && holder === undefined) await meanwhile().catch(() => undefined);
          await change();
          const came = await outcome();
          expect([atWrite, side, came]).toEqual([atWrite, side, wanted]);
        }
      }
    },
    120_000,
  );
});

describe('a change of phone that is refused', () => {
  it('both numbers proven by others meanwhile → without a phone, which is told', async () => {
    await ask();
    await request();
    const second = asUserId('second');
    const claims = store.claims;
    const { begin: beginClaim } = claims;
    // The rival proves the new number, and somebody else the old one, just before the new claim would begin.
    const spy = jest.spyOn(claims, 'begin').mockImplementationOnce(async (key, made) => {
      await overtake();
      await overtake(oldNumber, second);
      return beginClaim.call(claims, key, made);
    });
    await expect(change()).resolves.toEqual({ status: 'refused', reason: 'phone_in_use' });
    spy.mockRestore();
    expect(await outcome()).toMatchObject({
      phone: null,
      live: [],
      old: [`claim-${second}`, 'active'],
      owed: [],
      evidence: ['claim.released'],
      told: [`${oldClaim}:released`],
      request: 'refused',
    });
  });

  it('refused after a crash had moved the user already → the old phone is back, and its life looks again', async () => {
    await ask();
    await request();
    const { writes } = await crashing.run(() => change(), null);
    for (let atWrite = 1; atWrite <= writes; atWrite += 1) {
      await ask();
      await request();
      await crashing.run(() => change(), { atWrite, side: 'after' });
      const made = (await store.claims.find(newNumber))?.claim != null;
      const tooLate = () => now + 15 * 60_000;
      const end = await changeAsWorkflow({ ...tools(), now: tooLate }, 'change-1');
      expect([atWrite, end?.status]).toEqual([atWrite, made ? 'changed' : 'refused']);
      expect(await outcome()).toMatchObject(
        made ? { live: [newClaim], phone: newClaim } : { live: [oldClaim], phone: oldClaim, owed: [] },
      );
    }
  });

  it('nobody came to do what was decided until the code’s time was over → the old phone stays', async () => {
    await ask();
    await request();
    let clock = now;
    const end = await changeAsWorkflow({ ...tools(), now: () => clock }, 'change-1', async () => {
      clock += 15 * 60_000;
    });
    expect(end).toEqual({ status: 'refused', reason: 'number_undecided' });
    expect(await outcome()).toMatchObject({ live: [oldClaim], phone: oldClaim, holder: null, owed: [] });
  });

  it('a closed user → refused', async () => {
    await ask();
    await request();
    await store.claims.withdraw({ numberKey: oldNumber, claimId: oldClaim });
    await store.users.dropPhone(userId, oldClaim);
    await store.users.close(userId);
    await expect(change()).resolves.toEqual({ status: 'refused', reason: 'session_required' });
    expect(await store.claims.find(newNumber)).toBeNull();
  });

  it('I2: the session that asked for it ended meanwhile, at whatever write → refused with the old phone, or changed before', async () => {
    const ending = () => store.users.raiseEpoch(userId, 'released');
    await ask();
    await request();
    const { writes } = await crashing.run(() => change(), null);
    for (let atWrite = 0; atWrite <= writes; atWrite += 1) {
      await ask();
      await request();
      if (atWrite > 0) await crashing.run(() => change(), { atWrite, side: 'after' });
      const named = (await store.users.find(userId))?.phone?.claimId;
      await ending();
      const end = await change();
      const isChanged = named === newClaim;
      expect([atWrite, end?.status]).toEqual([atWrite, isChanged ? 'changed' : 'refused']);
      expect(await outcome()).toMatchObject(
        isChanged ? { live: [newClaim] } : { live: [oldClaim], phone: oldClaim, owed: [] },
      );
    }
  });
});

describe('the own number again', () => {
  it('given out anew to its user → another claim in the place of the old one, nobody else is released', async () => {
    await ask({ held: { state: 'suspended' }, of: 7 });
    await report(oldNumber, event('number.cancelled', 20));
    carriers.says({ line: { joined: { precision: 'second', at: day(25) } } });
    await request();
    await expect(change()).resolves.toEqual({ status: 'changed', formerHolderReleased: false });
    expect(await outcome()).toMatchObject({ phone: newClaim, live: [newClaim], holder: userId, owed: [] });
  });

  it('held by its user all along → nothing changed', async () => {
    await ask({ held: { tenancy }, of: 7 });
    await request();
    carriers.says({ line: { joined } });
    await expect(change()).resolves.toEqual({ status: 'changed', formerHolderReleased: false });
    expect(await outcome()).toMatchObject({ phone: oldClaim, live: [oldClaim], told: [] });
  });
});

describe('I1: a former phone that is given back while the phone is changed', () => {
  const third = asClaimId('claim-third');
  const rig = async () => {
    await ask();
    await store.claims.withdraw({ numberKey: oldNumber, claimId: oldClaim });
    await store.users.dropPhone(userId, oldClaim);
    const key = await knownNumber(store, 9);
    await report(key, event('number.cancelled', 11));
    await store.claims.claim(key, { ...claim(), claimId: third, userId });
    const cause = { kind: 'freeze-ended', eventKey: null } as const;
    await store.claims.release({ numberKey: key, claimId: third, at: day(20), since: day(10), cause });
    await report(key, event('number.cancelled', 11), event('number.reclaimed', 21));
    await request();
    return key;
  };
  const lifeOf = async (numberKey: NumberKey) => {
    const read = await createLifeActivities({ store, registry }).readLife({ numberKey, now });
    const { giveBackClaim } = createEffectActivities({ store, messenger });
    for (const duty of read?.duties ?? []) {
      if (duty.kind !== 'give-back-claim') continue;
      await giveBackClaim({ numberKey, duty, at: now, attendBy: null, correlator: 'test' });
    }
  };

  it('at each write of one, and each of the other → never two phones, and the document names the one', async () => {
    const total = await rig().then(() => crashing.run(() => change(), null));
    const ofLife = await rig().then((key) => crashing.run(() => lifeOf(key), null));
    for (let atWrite = 0; atWrite <= total.writes; atWrite += 1) {
      for (let lifeAt = 1; lifeAt <= ofLife.writes; lifeAt += 1) {
        const key = await rig();
        if (atWrite > 0) await crashing.run(() => change(), { atWrite, side: 'after' });
        await crashing.run(() => lifeOf(key), { atWrite: lifeAt, side: 'after' });
        expect((await liveClaims()).length).toBeLessThanOrEqual(1);
        await change();
        await lifeOf(key);
        expect([atWrite, lifeAt, await liveClaims()]).toEqual([atWrite, lifeAt, [newClaim]]);
        expect(await store.users.find(userId)).toMatchObject({ phone: { claimId: newClaim } });
      }
    }
  }, 120_000);
});
