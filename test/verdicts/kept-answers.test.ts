import type { CarrierSays } from '../carriers/scripted.ts';
import { claimedAt, eventAt, type House, hour, joinedAt, minute, openHouse } from './house.ts';

const day = 24 * hour;
let house: House;
beforeAll(async () => {
  house = await openHouse();
});
beforeEach(async () => {
  house.reset();
  await house.store.feeds.model.deleteMany({});
});
afterAll(() => house?.close());

const current: CarrierSays = { line: { joined: joinedAt(claimedAt - 60 * day) } };
const recycled: CarrierSays = { line: { joined: joinedAt(claimedAt + 60 * day) } };
const asked = ['queryLine'];

/** Passes the gate once, so that its answers are kept, and forgets what was asked for it. */
async function passedOnce(says: CarrierSays = current, verified = false) {
  const held = await house.hold({ verified });
  house.says(says);
  await house.pass(held.numberKey);
  house.lookups();
  return held;
}

describe('whether the carrier is asked again: the age of its answers (answerMaxAge)', () => {
  it.each([
    ['a second before they are 10 minutes old', 10 * minute - 1_000, []],
    ['when they are 10 minutes old', 10 * minute, asked],
    ['a day later', day, asked],
  ])('%s → %#', async (_, later, expected) => {
    const { numberKey } = await passedOnce();
    house.clock.now += later;
    expect(await house.pass(numberKey)).toMatchObject({ kind: 'allow' });
    expect(house.lookups()).toEqual(expected);
  });

  it('used again → evidence says so, with the age of the answer', async () => {
    const { numberKey } = await passedOnce();
    house.clock.now += minute;
    await house.pass(numberKey);
    const verdicts = (await house.evidenceOf(numberKey)).filter(({ kind }) => kind === 'verdict');
    expect(verdicts.map(({ details }) => [details.lookups, details.reused])).toEqual([
      [1, false],
      [0, true],
    ]);
    expect(verdicts[1]?.details.asOf).toBe(verdicts[0]?.details.asOf);
  });

  it('used again and again → they grow no younger by it', async () => {
    const { numberKey } = await passedOnce();
    for (const _ of [1, 2, 3]) {
      house.clock.now += 4 * minute;
      await house.pass(numberKey);
    }
    expect(house.lookups()).toEqual(asked);
  });

  it('too old, and the carrier is down → refused: an old answer lets nobody in', async () => {
    const { numberKey } = await passedOnce();
    house.clock.now += 11 * minute;
    house.says({ all: 'time-out' });
    expect(await house.pass(numberKey)).toMatchObject({ code: 'number_undecided' });
    expect((await house.claimOf(numberKey)).foundRecycled).toBeUndefined();
  });

  it('young, and the carrier is down → in by them', async () => {
    const { numberKey } = await passedOnce();
    house.says({ all: 'time-out' });
    expect(await house.pass(numberKey)).toMatchObject({ kind: 'allow' });
  });

  it('reported cancelled since → refused, however young they are', async () => {
    const { numberKey } = await passedOnce();
    await house.reported(numberKey, eventAt('number.cancelled', house.clock.now - 1));
    expect(await house.pass(numberKey)).toMatchObject({ code: 'number_frozen' });
  });

  it('ported to another system since → that one is asked', async () => {
    const { numberKey } = await passedOnce();
    const { version: fromVersion, attendBy: _, ...number } = await house.numberOf(numberKey);
    await house.store.numbers.write([{ ...number, system: 'mobile-4g', fromVersion }]);
    await house.pass(numberKey);
    expect(house.questions()).toMatchObject([{ home: { system: 'mobile-4g' } }]);
  });

  it('not to be used again (a registration) → the carrier is asked, and its answers are kept in their place', async () => {
    const { numberKey } = await passedOnce();
    house.says(recycled);
    const judged = await house.verdicts.judgeClaim({
      ...{ number: await house.numberOf(numberKey), claim: await house.claimOf(numberKey) },
      ...{ reuse: false, withinMs: 1_000, lookupFor: 'registration' },
    });
    expect(judged).toMatchObject({ verdict: { verdict: 'recycled' }, lookups: 1, reused: false });
    expect(await house.pass(numberKey)).toMatchObject({ code: 'number_recycled' });
    expect(house.lookups()).toEqual(asked);
  });

  it('the number not found any more → what was kept is dropped', async () => {
    const { numberKey } = await passedOnce();
    house.clock.now += 11 * minute;
    house.says({ line: 'not-found' });
    await house.pass(numberKey);
    expect((await house.claimOf(numberKey)).answers).toBeNull();
  });

  it('released → nothing is kept of what was answered', async () => {
    const { numberKey, claimId } = await passedOnce();
    const { stateSince: since } = await house.claimOf(numberKey);
    const released = await house.store.claims.release({
      ...{ numberKey, claimId, at: house.clock.now, since },
      cause: { kind: 'recycled', eventKey: null },
    });
    expect(released).not.toHaveProperty('answers');
    expect(released).not.toHaveProperty('foundRecycled');
  });
});

describe('whether the carrier is asked again: gapless feeds', () => {
  it('complete and alive → answers of any age serve', async () => {
    const { numberKey } = await passedOnce();
    house.clock.now += 30 * day;
    await house.feedsArrive({ sequence: 1 });
    expect(await house.pass(numberKey)).toMatchObject({ kind: 'allow' });
    expect(house.lookups()).toEqual([]);
  });

  it('complete and alive, and nothing was ever asked → one answer is needed', async () => {
    const { numberKey } = await house.hold();
    house.says(current);
    await house.feedsArrive({ sequence: 1 });
    expect(await house.pass(numberKey)).toMatchObject({ kind: 'allow' });
    expect(house.lookups()).toEqual(asked);
  });

  it('a system with phones from which nothing came → asked', async () => {
    const { numberKey } = await passedOnce();
    house.clock.now += day;
    await house.feedsArrive({ sequence: 1, systems: ['mobile-5g'] });
    await house.pass(numberKey);
    expect(house.lookups()).toEqual(asked);
  });

  it.each([
    ['14 minutes and 59 seconds', 15 * minute - 1_000, []],
    ['15 minutes', 15 * minute, asked],
  ])('the last heartbeat %s old → %#', async (_, age, expected) => {
    const { numberKey } = await passedOnce();
    house.clock.now += day;
    await house.feedsArrive({ sequence: 1 });
    house.clock.now += age;
    await house.pass(numberKey);
    expect(house.lookups()).toEqual(expected);
  });

  it('a gap in the sequence → asked, until what is missing has come', async () => {
    const { numberKey } = await passedOnce();
    house.clock.now += day;
    await house.feedsArrive({ sequence: 1 });
    await house.feedsArrive({ sequence: 3, systems: ['mobile-4g'] });
    await house.pass(numberKey);
    expect(house.lookups()).toEqual(asked);
    house.clock.now += day;
    await house.feedsArrive({ sequence: 2 });
    await house.pass(numberKey);
    expect(house.lookups()).toEqual([]);
  });

  it('refused by old answers → asked: nobody stays locked out by them', async () => {
    const { numberKey } = await passedOnce({ line: { status: 'frozen', joined: null } });
    house.clock.now += hour;
    await house.feedsArrive({ sequence: 1 });
    house.says(current);
    expect(await house.pass(numberKey)).toMatchObject({ kind: 'allow' });
    expect(house.lookups()).toEqual(asked);
  });

  it('refused by young answers → not asked again', async () => {
    const { numberKey } = await passedOnce({ line: { status: 'frozen', joined: null } });
    house.says(current);
    expect(await house.pass(numberKey)).toMatchObject({ code: 'number_frozen' });
    expect(house.lookups()).toEqual([]);
  });
});

describe('what is kept of persons', () => {
  const match: CarrierSays = { ...recycled, match: 'no-match' };

  it('compared before → the answer is about that customer only', async () => {
    const { numberKey, userId } = await passedOnce(match, true);
    expect((await house.claimOf(numberKey)).answers?.match).toMatchObject({
      reply: { kind: 'answer', value: 'no-match' },
    });
    const another = await house.hold({ verified: true });
    await house.store.users.model.updateOne({ _id: userId }, { $set: { customerId: another.customerId } });
    house.says({ match: 'match' });
    expect(await house.pass(numberKey)).toMatchObject({ kind: 'allow' });
    expect(house.lookups()).toEqual(['queryLine', 'match']);
  });

  it('the person was verified since → what was answered without it is no longer enough', async () => {
    const { numberKey, userId } = await passedOnce(recycled);
    const { customerId } = await house.hold({ verified: true });
    await house.store.users.model.updateOne({ _id: userId }, { $set: { customerId } });
    house.says({ match: 'match' });
    expect(await house.pass(numberKey)).toMatchObject({ kind: 'allow' });
    expect(house.lookups()).toEqual(['queryLine', 'match']);
  });
});

describe('the cheapest question first', () => {
  const onlySince: CarrierSays = { line: { joined: null }, capabilities: { recycledSince: true } };

  it.each<[string, CarrierSays, boolean, string[]]>([
    ['a join date decides → nothing else', current, true, asked],
    [
      'a join date says recycled → the person too',
      { ...recycled, match: 'no-match' },
      true,
      ['queryLine', 'match'],
    ],
    [
      'nobody holds it → the person is not compared',
      { line: { status: 'frozen', joined: null } },
      true,
      asked,
    ],
    ['it gave no reply → it is not asked for the person', { all: 'time-out' }, true, asked],
    [
      'no join date, and recycled since the day of the claim → one day',
      { ...onlySince, recycledSince: true },
      false,
      ['queryLine', 'recycledSince'],
    ],
    [
      'no join date, and not since → the day before too',
      { ...onlySince, recycledSince: false },
      false,
      ['queryLine', 'recycledSince', 'recycledSince'],
    ],
  ])('%s', async (_, says, verified, expected) => {
    const { numberKey } = await house.hold({ verified });
    house.says(says);
    await house.pass(numberKey);
    expect(house.lookups()).toEqual(expected);
  });

  it('no join date: by the days around the claim → current, recycled, or undecided', async () => {
    const outcomes: unknown[] = [];
    for (const joinDay of ['2026-06-14', '2026-06-15', '2026-06-16']) {
      const { numberKey } = await house.hold();
      house.says({ ...onlySince, recycledSince: (since) => joinDay > since });
      const passage = await house.pass(numberKey);
      outcomes.push(passage.kind === 'allow' ? 'allow' : passage.code);
    }
    expect(outcomes).toEqual(['allow', 'number_undecided', 'number_recycled']);
  });
});

describe('lookups are counted', () => {
  it('by what they are for and what is asked; those that our own limits kept back are none', async () => {
    const counted = async (): Promise<number> => {
      const { values } = await house.metrics.carrierLookups.get();
      return values
        .filter(({ labels }) => labels.decision === 'reset-password')
        .reduce((sum, { value }) => sum + value, 0);
    };
    const { numberKey } = await house.hold({ verified: true });
    const before = await counted();
    house.says({ ...recycled, match: 'no-match' });
    await house.pass(numberKey, 'reset-password');
    expect((await counted()) - before).toBe(2);
    const other = await house.hold();
    house.says({ all: 'rate-limited' });
    await house.pass(other.numberKey, 'reset-password');
    expect((await counted()) - before).toBe(2);
    expect(await house.evidenceOf(other.numberKey)).toMatchObject([
      { details: { lookups: 0, 'line reason': 'rate-limited' } },
      {},
    ]);
  });
});
