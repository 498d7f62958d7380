import type { Claim, ReleasedClaim } from '../../../domain/claim.ts';
import { asClaimId, asUserId } from '../../../domain/ids.ts';
import type { NumberEvent } from '../../../domain/number/event.ts';
import { freezeEndsAt } from '../../../domain/number/freeze.ts';
import { type LifeQuestion, planLife } from '../../../domain/number/plan.ts';
import { claim, day, event, freeze, released, retraction } from './events.ts';

const policy = { bound: 'at-once', unbound: 'at-freeze-end' } as const;

const plan = (events: NumberEvent[], more: Partial<LifeQuestion> = {}) =>
  planLife({
    events,
    freeze,
    policy,
    claim: claim(),
    released: [],
    holderVerified: false,
    now: day(30),
    ...more,
  });

const kinds = (...of: Parameters<typeof plan>) => plan(...of).duties.map(({ kind }) => kind);
const cancelled = event('number.cancelled', 20);
const reissued = event('number.reissued', 25);
const transferred = event('number.transferred', 25);
const suspendedClaim = claim({ state: 'suspended' });
const check = (answer: Claim['samePerson'][number]['answer'], more = {}) => ({
  eventKey: reissued.key,
  answer,
  firstAskedAt: day(25),
  attempts: 1,
  askAgainAt: null,
  ...more,
});

describe('release policy on a claim without a binding', () => {
  it.each<[string, string[], NumberEvent[], Partial<LifeQuestion>]>([
    ['nothing happened', [], [], {}],
    ['cancelled', ['suspend-claim'], [cancelled], {}],
    ['cancelled, suspended already', [], [cancelled], { claim: suspendedClaim }],
    ['cancelled, freeze over', ['release-claim'], [cancelled], { claim: suspendedClaim, now: day(112) }],
    ['reissued before the freeze ended', ['release-claim'], [cancelled, reissued], { claim: suspendedClaim }],
    ['transferred', ['release-claim'], [transferred], {}],
    ['reclaimed', ['restore-claim'], [cancelled, event('number.reclaimed', 22)], { claim: suspendedClaim }],
    [
      'cancellation retracted',
      ['restore-claim'],
      [cancelled, retraction(cancelled, 22)],
      { claim: suspendedClaim },
    ],
    ['line suspended (停机)', [], [event('number.suspended', 20)], {}],
    ['ported', [], [event('number.ported', 20)], {}],
    [
      'province releases at once',
      ['release-claim'],
      [cancelled],
      { policy: { bound: 'at-once', unbound: 'at-once' } },
    ],
  ])('%s → %j', (_, expected, events, more) => {
    expect(kinds(events, more)).toEqual(expected);
  });

  it('cancelled → looks again when the freeze ends', () => {
    expect(plan([cancelled]).nextAt).toBe(freezeEndsAt(day(20), freeze));
  });

  it('cancelled long ago, reported only now → released at once', () => {
    expect(kinds([cancelled], { now: day(200) })).toEqual(['release-claim']);
  });

  it('transferred → says that a transfer was the cause', () => {
    expect(plan([transferred]).duties[0]).toMatchObject({
      cause: { kind: 'transferred', eventKey: transferred.key },
    });
  });
});

describe("a claim whose number a carrier's answer showed to be somebody else's", () => {
  const foundRecycled = { at: day(28), verdictId: 'verdict-1' };

  it.each(['active', 'suspended'] as const)('no event tells of it, the claim %s → released', (state) => {
    const { duties, nextAt } = plan([], { claim: claim({ state, foundRecycled }), holderVerified: true });
    expect(duties).toMatchObject([{ kind: 'release-claim', cause: { kind: 'recycled', eventKey: null } }]);
    expect(nextAt).toBeNull();
  });

  it('events tell of the end too → they come first, the person asked about included', () => {
    const found = claim({ foundRecycled });
    expect(kinds([cancelled], { claim: found })).toEqual(['suspend-claim']);
    expect(kinds([reissued], { claim: found, holderVerified: true })).toEqual([
      'suspend-claim',
      'ask-same-person',
    ]);
  });

  it('released for that → no later event gives it back', () => {
    const past = released({ cause: { kind: 'recycled', eventKey: null } });
    expect(kinds([cancelled, retraction(cancelled, 22)], { claim: null, released: [past] })).toEqual([]);
  });
});

describe('a claim that a verdict moved to a later tenancy of the same person', () => {
  const moved = { anchoredAt: day(40), confirmedAt: day(40) };
  const late = { receivedAt: day(50) };

  it('late reports of the time before → nothing (I7)', () => {
    const events = [event('number.cancelled', 20, late), event('number.reissued', 39, late)];
    expect(kinds(events, { claim: claim(moved), now: day(50) })).toEqual([]);
  });

  it('cancelled afterwards → suspended', () => {
    expect(kinds([event('number.cancelled', 45)], { claim: claim(moved), now: day(50) })).toEqual([
      'suspend-claim',
    ]);
  });

  it('… and reclaimed → restored, in the tenancy that it moved to', () => {
    const events = [event('number.cancelled', 45), event('number.reclaimed', 47)];
    const { duties } = plan(events, { claim: claim({ ...moved, state: 'suspended' }), now: day(50) });
    expect(duties).toMatchObject([{ kind: 'restore-claim', anchoredAt: day(40), moved: false }]);
  });
});

describe('a reclaim that speaks of a later tenancy than the claim was made in', () => {
  it('the reissue was lost, the later holder cancels and reclaims → the claim is released, not restored', () => {
    const joined = { precision: 'second', at: day(15) } as const;
    const events = [cancelled, event('number.reclaimed', 22, { joined })];
    expect(kinds(events, { claim: suspendedClaim })).toEqual(['release-claim']);
  });
});

describe('release policy on a claim with a binding', () => {
  const bound = claim({ bindingId: 'binding-1' });
  it('cancelled → released at once', () => {
    expect(kinds([cancelled], { claim: bound })).toEqual(['release-claim']);
  });
  it('cancelled where the province waits → suspended', () => {
    const patient = { bound: 'at-freeze-end', unbound: 'at-freeze-end' } as const;
    expect(kinds([cancelled], { claim: bound, policy: patient })).toEqual(['suspend-claim']);
  });
  it('line suspended (停机) → nothing', () => {
    expect(kinds([event('number.suspended', 20)], { claim: bound })).toEqual([]);
  });
});

describe('I7: an event about an earlier tenancy', () => {
  it.each(['number.cancelled', 'number.reissued', 'number.transferred', 'number.reclaimed'] as const)(
    '%s before the claim → nothing',
    (type) => {
      expect(plan([event(type, 5)])).toEqual({ duties: [], nextAt: null });
    },
  );
  it('at the very instant of the claim → nothing', () => {
    expect(plan([event('number.cancelled', 10)])).toEqual({ duties: [], nextAt: null });
  });
  it('a reissue heard of again, with a join date before the claim → nothing', () => {
    const joined = { precision: 'second', at: day(9) } as const;
    expect(kinds([event('number.reissued', 12, { joined })])).toEqual([]);
  });
  it('an event of a fast clock that was known before the claim → nothing', () => {
    expect(kinds([event('number.transferred', 11, { receivedAt: day(9) })])).toEqual([]);
  });
  it('a reissue that gives the join date the claim was made in → nothing', () => {
    const joined = { precision: 'day', day: '1970-01-11' } as const;
    const inTenancy = claim({ tenancy: { joined, source: 'sichuan/mobile-5g' } });
    expect(kinds([event('number.reissued', 12, { joined })], { claim: inTenancy })).toEqual([]);
  });
});

describe('same-person check before a release on reissue or transfer', () => {
  const verified = { holderVerified: true };
  it('never asked → suspended, then asked', () => {
    expect(kinds([cancelled, reissued], verified)).toEqual(['suspend-claim', 'ask-same-person']);
  });
  it.each([
    ['other', ['release-claim']],
    ['no-capability', ['release-claim']],
    ['no-customer', ['release-claim']],
    ['same', ['restore-claim']],
  ] as const)('answered %s → %j', (answer, expected) => {
    const asked = claim({ state: 'suspended', samePerson: [check(answer)] });
    expect(kinds([cancelled, reissued], { ...verified, claim: asked })).toEqual(expected);
  });
  it('being asked → looked after within a quarter of an hour, should whoever asks be lost', () => {
    expect(plan([cancelled, reissued], verified).nextAt).toBe(day(30) + 15 * 60_000);
  });
  it('undecided → waits, suspended, and asks again later', () => {
    const asked = claim({ state: 'suspended', samePerson: [check('undecided', { askAgainAt: day(31) })] });
    expect(plan([cancelled, reissued], { ...verified, claim: asked })).toEqual({
      duties: [],
      nextAt: day(31),
    });
    expect(kinds([cancelled, reissued], { ...verified, claim: asked, now: day(31) })).toEqual([
      'ask-same-person',
    ]);
  });
  it('undecided for more than a week → a case, and still asked', () => {
    const asked = claim({ state: 'suspended', samePerson: [check('undecided', { askAgainAt: day(34) })] });
    const later = plan([cancelled, reissued], { ...verified, claim: asked, now: day(33) });
    expect(later).toMatchObject({
      duties: [{ kind: 'open-case', caseKind: 'undecided-verdict' }],
      nextAt: day(34),
    });
  });
  it('the same person, then cancelled again → the claim has moved to the new tenancy and is suspended in it', () => {
    const back = claim({ samePerson: [check('same')] });
    expect(kinds([cancelled, reissued, event('number.cancelled', 28)], { ...verified, claim: back })).toEqual(
      ['suspend-claim'],
    );
  });
  it('the same person, then a late event from before the return → nothing', () => {
    const back = claim({ samePerson: [check('same')] });
    expect(kinds([reissued, event('number.transferred', 22)], { ...verified, claim: back })).toEqual([]);
  });
});

describe('a reclaim or retraction after the release', () => {
  const reclaimed = [cancelled, event('number.reclaimed', 115)];
  const dutiesAfter = (lastReleased: ReleasedClaim, current: Claim | null, events = reclaimed) =>
    planLife({
      events,
      freeze,
      policy,
      claim: current,
      released: [lastReleased],
      holderVerified: false,
      now: day(116),
    }).duties.map(({ kind }) => kind);
  const another = claim({ claimId: asClaimId('claim-2'), userId: asUserId('user-2'), claimedAt: day(114) });

  it('nobody claimed the number → given back', () => {
    expect(dutiesAfter(released(), null)).toEqual(['give-back-claim']);
  });
  it('another user claimed it → a case', () => {
    expect(dutiesAfter(released(), another)).toEqual(['open-case']);
  });
  it('the same user claimed it anew → nothing', () => {
    expect(dutiesAfter(released(), { ...another, userId: released().userId })).toEqual([]);
  });
  it('people are deciding already → nothing', () => {
    expect(dutiesAfter(released({ disputed: true }), null)).toEqual([]);
  });
  it('the user had left by itself → nothing', () => {
    expect(dutiesAfter(released({ cause: { kind: 'left', eventKey: null } }), null)).toEqual([]);
  });
  it('released at once because of its binding, still cancelled → nothing', () => {
    const atOnce = released({ releasedAt: day(20), cause: { kind: 'cancelled', eventKey: cancelled.key } });
    const { duties } = plan([cancelled], { claim: null, released: [atOnce] });
    expect(duties).toEqual([]);
  });
  it('two users lost it to wrong events, one after the other → a case for each', () => {
    const later = event('number.transferred', 30);
    const second = released({
      claimId: asClaimId('claim-2'),
      userId: asUserId('user-2'),
      claimedAt: day(26),
      cause: { kind: 'transferred', eventKey: later.key },
    });
    const { duties } = plan([reissued, retraction(reissued, 40), later, retraction(later, 40)], {
      claim: null,
      released: [released({ cause: { kind: 'reissued', eventKey: reissued.key } }), second],
      now: day(41),
    });
    expect(duties.map(({ kind, userId }) => [kind, userId])).toEqual([
      ['open-case', 'user-1'],
      ['open-case', 'user-2'],
    ]);
  });
  it('still cancelled → nothing', () => {
    expect(dutiesAfter(released(), null, [cancelled])).toEqual([]);
  });
  it('the cancellation was retracted and a later one is true → given back, suspended', () => {
    const later = event('number.cancelled', 100);
    const duties = planLife({
      events: [cancelled, retraction(cancelled, 99), later],
      freeze,
      policy,
      claim: null,
      released: [released({ releasedAt: day(98) })],
      holderVerified: false,
      now: day(116),
    });
    expect(duties).toMatchObject({
      duties: [{ kind: 'give-back-claim', state: 'suspended' }],
      nextAt: freezeEndsAt(day(100), freeze),
    });
  });
});
