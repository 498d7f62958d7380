import type { Claim } from '../../domain/claim.ts';
import { asClaimId, asNumberKey, asUserId } from '../../domain/ids.ts';
import type { PhoneNumber } from '../../domain/phone-number.ts';
import type { Store } from '../../store/store.ts';
import { claim as claimed, day } from '../domain/number/events.ts';
import { openTestStore } from './open-store.ts';

let store: Store;
let close: () => Promise<void>;
beforeAll(async () => {
  ({ store, close } = await openTestStore());
});
afterAll(() => close());

/** Since when the claims of these tests are in their state. */
const heldSince = day(10);

let count = 0;
const freshNumber = () => {
  count += 1;
  return asNumberKey(`n1_claims_${count}`);
};
const claimOf = (user: string, more: Partial<Claim> = {}) =>
  claimed({ claimId: asClaimId(`claim-of-${user}`), userId: asUserId(user), ...more });

/** A number with one claim on it. */
async function held(more: Partial<Claim> = {}) {
  const numberKey = freshNumber();
  const claim = claimOf('anna', more);
  await store.claims.claim(numberKey, claim);
  return { numberKey, claimId: claim.claimId };
}

describe('claims.claim', () => {
  it('I1: 50 users claim one number at one instant → exactly one holds it', async () => {
    const numberKey = freshNumber();
    const users = Array.from({ length: 50 }, (_, index) => `user-${index}`);
    const won = await Promise.all(users.map((user) => store.claims.claim(numberKey, claimOf(user))));
    const doc = await store.claims.find(numberKey);
    expect(won.filter(Boolean)).toHaveLength(1);
    expect(doc?.claim?.userId).toBe(users[won.indexOf(true)]);
    expect(doc?.version).toBe(1);
  });

  it('the same claim again → done', async () => {
    const { numberKey } = await held();
    await expect(store.claims.claim(numberKey, claimOf('anna'))).resolves.toBe(true);
  });

  it('a number that was released → the next one holds it, the former is kept', async () => {
    const { numberKey, claimId } = await held();
    await store.claims.release({
      since: heldSince,
      numberKey,
      claimId,
      at: 20,
      cause: { kind: 'freeze-ended', eventKey: null },
    });
    await expect(store.claims.claim(numberKey, claimOf('bert'))).resolves.toBe(true);
    await expect(store.claims.find(numberKey)).resolves.toMatchObject({
      claim: { userId: 'bert' },
      released: [{ claimId, releasedAt: 20 }],
    });
  });
});

describe('claims.suspend and claims.restore', () => {
  it('suspended twice → once, since the first', async () => {
    const { numberKey, claimId } = await held();
    await store.claims.suspend({ since: heldSince, numberKey, claimId, at: 20 });
    await expect(
      store.claims.suspend({ since: heldSince, numberKey, claimId, at: 30 }),
    ).resolves.toMatchObject({
      state: 'suspended',
      stateSince: 20,
    });
  });

  it('a claim that is no longer there → nothing, and the present one untouched', async () => {
    const { numberKey } = await held();
    await expect(
      store.claims.suspend({ since: heldSince, numberKey, claimId: asClaimId('gone'), at: 20 }),
    ).resolves.toBeNull();
    await expect(store.claims.find(numberKey)).resolves.toMatchObject({
      claim: { state: 'active' },
      version: 1,
    });
  });

  it('restored in a later tenancy → active and anchored there', async () => {
    const { numberKey, claimId } = await held({ state: 'suspended' });
    await expect(
      store.claims.restore({ since: heldSince, numberKey, claimId, at: 40, anchoredAt: 35 }),
    ).resolves.toMatchObject({
      state: 'active',
      anchoredAt: 35,
      stateSince: 40,
    });
  });
});

describe('a stale step', () => {
  it('suspended, restored, then suspended by what was decided before → stays active', async () => {
    const { numberKey, claimId } = await held();
    await store.claims.suspend({ since: heldSince, numberKey, claimId, at: 20 });
    await store.claims.restore({ since: 20, numberKey, claimId, at: 30, anchoredAt: 5 });
    await store.claims.suspend({ since: heldSince, numberKey, claimId, at: 20 });
    await expect(store.claims.find(numberKey)).resolves.toMatchObject({ claim: { state: 'active' } });
  });

  it('released, given back, then released by what was decided before → stays with its user', async () => {
    const { numberKey, claimId } = await held();
    const release = {
      since: heldSince,
      numberKey,
      claimId,
      at: 20,
      cause: { kind: 'freeze-ended', eventKey: null } as const,
    };
    await store.claims.release(release);
    await store.claims.giveBack({ since: 20, numberKey, claimId, at: 30, state: 'active' });
    await store.claims.release(release);
    await expect(store.claims.find(numberKey)).resolves.toMatchObject({ claim: { claimId } });
  });
});

describe('claims.release', () => {
  it('50 at one instant → released once', async () => {
    const { numberKey, claimId } = await held();
    const cause = { kind: 'transferred', eventKey: 'e' } as const;
    await Promise.all(
      Array.from({ length: 50 }, (_, at) =>
        store.claims.release({ since: heldSince, numberKey, claimId, at, cause }),
      ),
    );
    await expect(store.claims.find(numberKey)).resolves.toMatchObject({ claim: null, version: 2 });
    expect((await store.claims.find(numberKey))?.released).toHaveLength(1);
  });

  it('again after a crash → what was kept the first time', async () => {
    const { numberKey, claimId } = await held();
    const step = {
      numberKey,
      claimId,
      since: heldSince,
      cause: { kind: 'transferred', eventKey: 'e' } as const,
    };
    await store.claims.release({ ...step, at: 20 });
    await expect(store.claims.release({ ...step, at: 30 })).resolves.toMatchObject({ releasedAt: 20 });
  });

  it('eleven holders in turn → the last ten are kept', async () => {
    const numberKey = freshNumber();
    for (let turn = 0; turn < 11; turn += 1) {
      const claim = claimOf(`holder-${turn}`);
      await store.claims.claim(numberKey, claim);
      const cause = { kind: 'reissued', eventKey: null } as const;
      await store.claims.release({ since: heldSince, numberKey, claimId: claim.claimId, at: turn, cause });
    }
    const kept = (await store.claims.find(numberKey))?.released.map(({ userId }) => userId);
    expect(kept).toHaveLength(10);
    expect(kept).not.toContain('holder-0');
  });
});

describe('claims.giveBack', () => {
  const cause = { kind: 'freeze-ended', eventKey: null } as const;
  it('nobody claimed the number → the same claim is back', async () => {
    const { numberKey, claimId } = await held();
    await store.claims.release({ since: heldSince, numberKey, claimId, at: 20, cause });
    await expect(
      store.claims.giveBack({ since: 20, numberKey, claimId, at: 30, state: 'active' }),
    ).resolves.toMatchObject({ claimId, state: 'active', stateSince: 30 });
    await expect(store.claims.find(numberKey)).resolves.toMatchObject({ released: [] });
  });

  it('another holds it → refused, and that one keeps it', async () => {
    const { numberKey, claimId } = await held();
    await store.claims.release({ since: heldSince, numberKey, claimId, at: 20, cause });
    await store.claims.claim(numberKey, claimOf('bert'));
    await expect(
      store.claims.giveBack({ since: 20, numberKey, claimId, at: 30, state: 'active' }),
    ).resolves.toBeNull();
    await expect(store.claims.find(numberKey)).resolves.toMatchObject({ claim: { userId: 'bert' } });
  });

  it('I1: given back and claimed by 50 others at one instant → exactly one holds it', async () => {
    const { numberKey, claimId } = await held();
    await store.claims.release({ since: heldSince, numberKey, claimId, at: 20, cause });
    const [back, ...others] = await Promise.all([
      store.claims.giveBack({ since: 20, numberKey, claimId, at: 30, state: 'active' }),
      ...Array.from({ length: 50 }, (_, index) => store.claims.claim(numberKey, claimOf(`other-${index}`))),
    ]);
    expect([back !== null, ...others].filter(Boolean)).toHaveLength(1);
  });
});

describe('claims.takeOver', () => {
  const bert = claimOf('bert', { claimedAt: 20, stateSince: 20 });
  const releaseOf = (claimId: Claim['claimId']) => ({
    kind: 'release-claim' as const,
    claimId,
    userId: asUserId('anna'),
    since: heldSince,
    cause,
  });
  const cause = { kind: 'recycled', eventKey: null } as const;
  const takeOver = ({ numberKey, claimId }: Awaited<ReturnType<typeof held>>, claim = bert) =>
    store.claims.takeOver({
      numberKey,
      former: { claimId, since: heldSince },
      claim,
      at: 20,
      cause,
      owes: releaseOf(claimId),
    });

  it('one write → the former claim has ended, the new one is there, and what is owed to the former user is noted', async () => {
    const number = await held();
    await expect(takeOver(number)).resolves.toMatchObject({
      claim: { claimId: bert.claimId },
      released: [{ claimId: number.claimId, userId: 'anna', releasedAt: 20, cause, disputed: false }],
      owed: [releaseOf(number.claimId)],
      version: 2,
    });
  });

  it('again → done, and nothing more', async () => {
    const number = await held();
    await takeOver(number);
    await expect(takeOver(number)).resolves.toMatchObject({ version: 2 });
    expect((await store.claims.find(number.numberKey))?.owed).toHaveLength(1);
  });

  it('a former claim that has changed, or is gone → null, and nothing changed', async () => {
    const suspended = await held();
    await store.claims.suspend({ ...suspended, since: heldSince, at: 15 });
    await expect(takeOver(suspended)).resolves.toBeNull();
    await expect(store.claims.find(suspended.numberKey)).resolves.toMatchObject({
      claim: { userId: 'anna', state: 'suspended' },
      released: [],
    });
    const left = await held();
    await store.claims.release({
      ...left,
      since: heldSince,
      at: 15,
      cause: { kind: 'left', eventKey: null },
    });
    await expect(takeOver(left)).resolves.toBeNull();
  });

  it('I1: 50 users take one number over at one instant → exactly one holds it, one claim ended', async () => {
    const number = await held();
    const claims = Array.from({ length: 50 }, (_, index) => claimOf(`taker-${index}`, { stateSince: 20 }));
    const taken = await Promise.all(claims.map((claim) => takeOver(number, claim)));
    const doc = await store.claims.find(number.numberKey);
    expect(taken.filter((each) => each !== null)).toHaveLength(1);
    expect(doc?.claim?.claimId).toBe(claims[taken.findIndex((each) => each !== null)]?.claimId);
    expect(doc).toMatchObject({ released: [{ claimId: number.claimId }], version: 2 });
  });
});

describe('numbers.meet', () => {
  it('50 at one instant, of a number never seen → all meet the same one', async () => {
    const numberKey = freshNumber();
    const home = { province: 'sichuan', system: 'mobile-5g' };
    const met = await Promise.all(
      Array.from({ length: 50 }, () =>
        store.numbers.meet({ numberKey, phone: '+8613800000001' as PhoneNumber, home }),
      ),
    );
    for (const number of met) {
      expect(number).toMatchObject({ numberKey, phone: '+8613800000001', ...home, version: 1, events: [] });
    }
  });

  it('addProof from an older version → false, and the history as it was', async () => {
    const numberKey = freshNumber();
    const home = { province: 'sichuan', system: 'mobile-5g' };
    await store.numbers.meet({ numberKey, phone: '+8613800000002' as PhoneNumber, home });
    const proof = { numberKey, phase: 'unknown', freezeEndsAt: null, fromVersion: 1 } as const;
    await expect(store.numbers.addProof({ ...proof, provenAt: 10 })).resolves.toBe(true);
    await expect(store.numbers.addProof({ ...proof, provenAt: 20 })).resolves.toBe(false);
    await expect(store.numbers.find(numberKey)).resolves.toMatchObject({ provenAt: [10], version: 2 });
  });
});
