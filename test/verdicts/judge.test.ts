import type { CarrierSays } from '../carriers/scripted.ts';
import { claimedAt, eventAt, type House, hour, joinedAt, noon, openHouse, person } from './house.ts';

const day = 24 * hour;
let house: House;
beforeAll(async () => {
  house = await openHouse();
});
beforeEach(() => house.reset());
afterAll(() => house?.close());

describe('the verdict on a number known frozen', () => {
  const frozenSince = noon - 30 * day;
  const after = async (says: CarrierSays, { claimed = true, verified = false } = {}) => {
    const { numberKey } = await house.hold({ verified });
    await house.reported(numberKey, eventAt('number.cancelled', frozenSince));
    house.says(says);
    const { verdict, unavailable } = await house.verdicts.judgeAfterFreeze({
      number: await house.numberOf(numberKey),
      claim: claimed ? await house.claimOf(numberKey) : null,
      ...{ frozenSince, withinMs: 1_000, lookupFor: 'registration' },
    });
    return [verdict.verdict, verdict.rule, unavailable];
  };
  const joinedSince = { line: { joined: joinedAt(noon - day) } };

  it.each<[string, CarrierSays, { claimed?: boolean; verified?: boolean }, unknown[]]>([
    ['somebody joined since', joinedSince, {}, ['recycled', 'joined-later', false]],
    ['… and nobody has a claim', joinedSince, { claimed: false }, ['recycled', 'joined-later', false]],
    [
      'frozen there too',
      { line: { status: 'frozen', joined: null } },
      {},
      ['frozen', 'carrier-frozen', false],
    ],
    [
      'joined before',
      { line: { joined: joinedAt(claimedAt - day) } },
      {},
      ['current', 'joined-earlier', false],
    ],
    [
      'the same person again',
      { ...joinedSince, match: 'match' },
      { verified: true },
      ['current', 'same-person', false],
    ],
    [
      'another person',
      { ...joinedSince, match: 'no-match' },
      { verified: true },
      ['recycled', 'joined-later', false],
    ],
    ['away', { all: 'time-out' }, {}, ['undecided', 'unavailable', true]],
    [
      'away when asked for the person',
      { ...joinedSince, match: 'time-out' },
      { verified: true },
      ['undecided', 'match-undecided', true],
    ],
    ['no such number', { line: 'not-found' }, {}, ['undecided', 'not-found', false]],
  ])('%s', async (_, says, who, expected) => {
    expect(await after(says, who)).toEqual(expected);
  });
});

describe('systems that cannot be asked', () => {
  it('the registry has it no more → undecided, for good, and nothing is asked', async () => {
    const { numberKey } = await house.hold();
    const number = { ...(await house.numberOf(numberKey)), system: 'gone' };
    const judged = await house.verdicts.judgeClaim({
      ...{ number, claim: await house.claimOf(numberKey), reuse: false, withinMs: 1_000, lookupFor: 'login' },
    });
    expect(judged).toMatchObject({
      ...{ verdict: { verdict: 'undecided' }, lookups: 0, unavailable: false },
      reasons: { 'line reason': 'system-unknown' },
    });
  });

  it('the whole province is gone → undecided; what was reported still refuses', async () => {
    const { numberKey } = await house.hold();
    const claim = await house.claimOf(numberKey);
    const number = { ...(await house.numberOf(numberKey)), province: 'gone' };
    const call = { claim, reuse: true, withinMs: 1_000, lookupFor: 'login' } as const;
    expect(await house.verdicts.judgeClaim({ ...call, number })).toMatchObject({
      verdict: { verdict: 'undecided' },
    });
    const cancelled = { ...number, events: [eventAt('number.cancelled', noon - day)] };
    expect(await house.verdicts.judgeClaim({ ...call, number: cancelled })).toMatchObject({
      verdict: { verdict: 'frozen', rule: 'events-frozen' },
    });
  });

  it('all time used up by the first question → the second is not put', async () => {
    const { numberKey } = await house.hold();
    house.says({ all: 'silent' });
    await house.verdicts.judgeClaim({
      ...{ number: await house.numberOf(numberKey), claim: await house.claimOf(numberKey) },
      ...{ reuse: false, withinMs: 0, lookupFor: 'login' },
    });
    expect(house.lookups()).toEqual([]);
  });
});

describe('the tenancy at claim time', () => {
  const remember = async (says: CarrierSays) => {
    const { numberKey } = await house.hold();
    house.says(says);
    const claim = await house.claimOf(numberKey);
    const number = await house.numberOf(numberKey);
    await house.verdicts.rememberTenancy({ number, home: number, claim });
    return (await house.claimOf(numberKey)).tenancy;
  };
  const source = 'sichuan/mobile-5g';
  const dayOfClaim = { precision: 'day', day: '2026-06-15' } as const;

  it.each<[string, CarrierSays, unknown]>([
    [
      'joined before',
      { line: { joined: joinedAt(claimedAt - day) } },
      { joined: joinedAt(claimedAt - day), source },
    ],
    ['joined on that day', { line: { joined: dayOfClaim } }, { joined: dayOfClaim, source }],
    ['joined after the claim: the next holder', { line: { joined: joinedAt(claimedAt + 1_000) } }, null],
    ['no join date', { line: { status: 'frozen', joined: null } }, null],
    ['no answer', { all: 'time-out' }, null],
    ['nonsense', { line: 'answer-malformed' }, null],
  ])('%s', async (_, says, expected) => {
    expect(await remember(says)).toEqual(expected);
  });

  it('remembered already → stays as it is, and nobody is asked', async () => {
    const tenancy = { joined: joinedAt(claimedAt - day), source };
    const { numberKey } = await house.hold({ claim: { tenancy } });
    house.says({ line: { joined: joinedAt(claimedAt - 2 * day) } });
    const number = await house.numberOf(numberKey);
    await house.verdicts.rememberTenancy({ number, home: number, claim: await house.claimOf(numberKey) });
    expect((await house.claimOf(numberKey)).tenancy).toEqual(tenancy);
    expect(house.lookups()).toEqual([]);
  });
});

describe('an identity, by the carrier of the login phone', () => {
  const verify = async (says: CarrierSays, name = person.name) => {
    const { numberKey, userId } = await house.hold({ verified: true });
    const customerId = (await house.store.users.find(userId))?.customerId;
    if (!customerId) throw new Error('the user has no customer');
    await house.store.customers.model.updateOne({ _id: customerId }, { $set: { verifiedAt: null } });
    house.says(says);
    const number = await house.numberOf(numberKey);
    const answer = await house.verdicts.verifyIdentity({
      ...{ number, home: number, customer: { ...person, name, customerId }, withinMs: 100 },
    });
    return [answer, (await house.store.customers.find(customerId))?.verifiedAt];
  };

  it.each<[string, CarrierSays, unknown[]]>([
    ['match', { match: 'match' }, ['match', noon]],
    ['another person', { match: 'no-match' }, ['no-match', null]],
    ['nobody on record', { match: 'no-customer' }, ['unknown', null]],
    ['cannot compare', { match: 'no-capability' }, ['unknown', null]],
    ['no answer', { match: 'time-out' }, ['unknown', null]],
    ['nonsense', { match: 'answer-malformed' }, ['unknown', null]],
    ['never an answer', { all: 'silent' }, ['unknown', null]],
  ])('%s', async (_, says, expected) => {
    expect(await verify(says)).toEqual(expected);
  });

  it('a name in full-width letters → asked about as it is compared', async () => {
    await verify({ match: 'match' }, 'Ｊｏｈｎ  Ｓｍｉｔｈ');
    expect(house.questions()).toMatchObject([{ call: 'match', about: { name: 'john smith' } }]);
  });
});
