import type { Claim } from '../../domain/claim.ts';
import type { NumberEvent } from '../../domain/number/event.ts';
import { planLife } from '../../domain/number/plan.ts';
import {
  decideGiveBack,
  type ReleaseStep,
  releaseStep,
  type TenancyTurn,
} from '../../domain/release-policy.ts';
import { claim, day, event, freeze, retraction } from './number/events.ts';

const policy = { bound: 'at-once', unbound: 'at-freeze-end' } as const;
const step = (
  claim: ReleaseStep['claim'],
  binding: ReleaseStep['binding'],
  samePersonFirst = false,
): ReleaseStep => ({
  claim,
  binding,
  samePersonFirst,
});

describe('releaseStep', () => {
  it.each<[TenancyTurn, boolean, ReleaseStep]>([
    ['cancelled', true, step('release', 'dissolve')],
    ['cancelled', false, step('suspend', 'dissolve')],
    ['freeze-ended', true, step('release', 'dissolve')],
    ['freeze-ended', false, step('release', 'dissolve')],
    ['reissued', true, step('release', 'dissolve', true)],
    ['reissued', false, step('release', 'dissolve', true)],
    ['transferred', true, step('release', 'dissolve', true)],
    ['transferred', false, step('release', 'dissolve', true)],
    ['line-suspended', true, step('keep', 'keep')],
    ['line-suspended', false, step('keep', 'keep')],
    ['line-restored', true, step('keep', 'keep')],
    ['line-restored', false, step('keep', 'keep')],
    ['reclaimed', true, step('restore', 'keep')],
    ['reclaimed', false, step('restore', 'keep')],
    ['retracted', true, step('restore', 'keep')],
    ['retracted', false, step('restore', 'keep')],
  ])('%s, bound: %s → %j', (turn, bound, expected) => {
    expect(releaseStep({ turn, bound, policy })).toEqual(expected);
  });

  it('a province that waits with bound claims → suspends, and dissolves the binding at once all the same (I4)', () => {
    const waiting = { bound: 'at-freeze-end', unbound: 'at-freeze-end' } as const;
    expect(releaseStep({ turn: 'cancelled', bound: true, policy: waiting })).toEqual(
      step('suspend', 'dissolve'),
    );
  });

  it('a province that waits with no claim → releases', () => {
    const hasty = { bound: 'at-once', unbound: 'at-once' } as const;
    expect(releaseStep({ turn: 'cancelled', bound: false, policy: hasty })).toEqual(
      step('release', 'dissolve'),
    );
  });
});

describe('decideGiveBack', () => {
  it('nobody claimed it, and the user is open without a phone → given back', () => {
    expect(decideGiveBack({ claimedByNobody: true, userOpen: true, userHasOtherPhone: false })).toBe(
      'give-back',
    );
  });

  it.each([
    ['somebody claimed it', { claimedByNobody: false, userOpen: true, userHasOtherPhone: false }],
    ['the user is closed', { claimedByNobody: true, userOpen: false, userHasOtherPhone: false }],
    ['the user has another phone', { claimedByNobody: true, userOpen: true, userHasOtherPhone: true }],
  ])('%s → a case', (_, situation) => {
    expect(decideGiveBack(situation)).toBe('open-case');
  });
});

describe('the life plan of a claim', () => {
  const cancelled = event('number.cancelled', 20);
  const suspended = claim({ state: 'suspended' });

  it.each<[TenancyTurn, NumberEvent[], Claim]>([
    ['cancelled', [cancelled], claim()],
    ['reissued', [cancelled, event('number.reissued', 25)], suspended],
    ['transferred', [event('number.transferred', 25)], claim()],
    ['line-suspended', [event('number.suspended', 25)], claim()],
    ['line-restored', [event('number.suspended', 25), event('number.restored', 26)], claim()],
    ['reclaimed', [cancelled, event('number.reclaimed', 25)], suspended],
    ['retracted', [cancelled, retraction(cancelled, 25)], suspended],
  ])('%s → does what the table says', (turn, events, present) => {
    const duties = (holderVerified: boolean) =>
      planLife({
        events,
        claim: present,
        lastReleased: null,
        policy,
        holderVerified,
        freeze,
        now: day(30),
      }).duties.map(({ kind }) => kind);
    const { claim: aim, samePersonFirst } = releaseStep({ turn, bound: false, policy });
    expect(duties(false)).toEqual(aim === 'keep' ? [] : [`${aim}-claim`]);
    expect(duties(true).includes('ask-same-person')).toBe(samePersonFirst);
  });
});
