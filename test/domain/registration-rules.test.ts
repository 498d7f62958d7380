import fc from 'fast-check';
import {
  decideRegistration,
  decideWaitingTakeOver,
  takeOverWithin,
} from '../../domain/registration-rules.ts';
import { type Finding, find } from '../../domain/verdict-question.ts';

const current = find('current', 'joined-earlier');
const samePerson = find('current', 'same-person');
const recycled = find('recycled', 'joined-later');
const frozen = find('frozen', 'carrier-frozen');
const undecided = find('undecided', 'unavailable');

describe('decideRegistration', () => {
  it.each<[string, boolean, boolean, Finding | null, unknown]>([
    ['free', false, false, null, { kind: 'create' }],
    ['occupied, not judged', true, false, null, { kind: 'judge' }],
    ['occupied, current', true, false, current, { kind: 'refuse', code: 'phone_in_use' }],
    ['occupied, the same person', true, false, samePerson, { kind: 'refuse', code: 'phone_in_use' }],
    ['occupied, recycled', true, false, recycled, { kind: 'take-over' }],
    ['occupied, undecided', true, false, undecided, { kind: 'refuse', code: 'number_undecided' }],
    [
      "occupied, frozen by the carrier's word",
      true,
      false,
      frozen,
      { kind: 'refuse', code: 'number_frozen' },
    ],
    ['free but frozen, not judged', false, true, null, { kind: 'judge' }],
    ['free but frozen, a new tenancy', false, true, recycled, { kind: 'create' }],
    ['free but frozen, the old tenancy', false, true, current, { kind: 'refuse', code: 'number_frozen' }],
    ['free but frozen, nobody', false, true, frozen, { kind: 'refuse', code: 'number_frozen' }],
    ['free but frozen, a time-out', false, true, undecided, { kind: 'refuse', code: 'number_frozen' }],
    ['occupied and frozen, not judged', true, true, null, { kind: 'judge' }],
    ['occupied and frozen, a new tenancy', true, true, recycled, { kind: 'take-over' }],
    [
      'occupied and frozen, a new tenancy of the same person',
      true,
      true,
      samePerson,
      { kind: 'refuse', code: 'phone_in_use' },
    ],
    ['occupied and frozen, the old tenancy', true, true, current, { kind: 'refuse', code: 'number_frozen' }],
    ['occupied and frozen, nobody', true, true, frozen, { kind: 'refuse', code: 'number_frozen' }],
    ['occupied and frozen, a time-out', true, true, undecided, { kind: 'refuse', code: 'number_frozen' }],
  ])('%s → as its row says', (_, occupied, knownFrozen, verdict, decision) => {
    expect(decideRegistration({ occupied, knownFrozen, verdict })).toEqual(decision);
  });
});

describe('decideWaitingTakeOver', () => {
  const provenAt = Date.UTC(2026, 10, 24);

  it.each([
    ['within 15 minutes, nothing reported', takeOverWithin - 1, null, { kind: 'go-on' }],
    ['after 15 minutes', takeOverWithin, null, { kind: 'refuse', code: 'number_undecided' }],
    ['a tenancy that began before the proof', 60_000, { at: provenAt, kind: 'began' }, { kind: 'go-on' }],
    [
      'a tenancy that began after it',
      60_000,
      { at: provenAt + 1, kind: 'began' },
      { kind: 'refuse', code: 'code_invalid' },
    ],
    [
      'a tenancy that ended after it',
      60_000,
      { at: provenAt + 1, kind: 'ended' },
      { kind: 'refuse', code: 'number_frozen' },
    ],
  ] as const)('%s → goes on or not', (_, waited, lastBoundary, decision) => {
    expect(decideWaitingTakeOver({ provenAt, now: provenAt + waited, lastBoundary })).toEqual(decision);
  });

  it.each([
    ['before the code was sent', 0, 'go-on'],
    [
      'after it was sent and before it was proven: whoever received it may hold the number no more',
      1,
      'refuse',
    ],
  ] as const)('a tenancy that began %s → goes on or not', (_, after, kind) => {
    const issuedAt = provenAt - 60_000;
    const lastBoundary = { at: issuedAt + after, kind: 'began' } as const;
    expect(decideWaitingTakeOver({ issuedAt, provenAt, now: provenAt, lastBoundary }).kind).toBe(kind);
  });

  it('I2: a boundary after the proof → never goes on, however long it waited', () => {
    fc.assert(
      fc.property(
        fc.nat(),
        fc.nat(),
        fc.constantFrom('began' as const, 'ended' as const),
        (waited, after, kind) => {
          const lastBoundary = { at: provenAt + 1 + after, kind };
          expect(decideWaitingTakeOver({ provenAt, now: provenAt + waited, lastBoundary }).kind).toBe(
            'refuse',
          );
        },
      ),
    );
  });
});
