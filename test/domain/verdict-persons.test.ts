import { judgeClaim } from '../../domain/verdict.ts';
import {
  continues,
  day,
  inUse,
  joinedLater,
  matched,
  none,
  noRestart,
  onlySince,
  q,
  type Row,
  since,
} from './verdict-cases.ts';

const persons: Row[] = [
  [
    'joined later, the same person',
    { line: joinedLater, customerVerified: true, match: matched('match') },
    'current',
    'same-person',
  ],
  [
    'joined later, another person',
    { line: joinedLater, customerVerified: true, match: matched('no-match') },
    'recycled',
    'joined-later',
  ],
  [
    'joined later, no customer on the line',
    { line: joinedLater, customerVerified: true, match: matched('no-customer') },
    'recycled',
    'joined-later',
  ],
  [
    'joined later, the match can be asked of nobody',
    { line: joinedLater, customerVerified: true, match: none('no-capability') },
    'recycled',
    'joined-later',
  ],
  [
    'joined later, the match timed out',
    { line: joinedLater, customerVerified: true, match: none('unavailable') },
    'undecided',
    'match-undecided',
  ],
  [
    "joined later, the match can't be said",
    { line: joinedLater, customerVerified: true, match: none('cannot-say') },
    'undecided',
    'match-undecided',
  ],
  [
    'joined later, the match found no line',
    { line: joinedLater, customerVerified: true, match: none('not-found') },
    'undecided',
    'match-undecided',
  ],
  [
    'joined later, a system without match',
    { line: joinedLater, customerVerified: true, capabilities: { recycledSince: false, match: false } },
    'recycled',
    'joined-later',
  ],
  [
    'overlap, the same person',
    { line: inUse(day('2026-06-15')), customerVerified: true, match: matched('match') },
    'current',
    'same-person',
  ],
  [
    'overlap, another person',
    { line: inUse(day('2026-06-15')), customerVerified: true, match: matched('no-match') },
    'undecided',
    'joined-overlap',
  ],
  [
    'overlap, the match timed out',
    { line: inUse(day('2026-06-15')), customerVerified: true, match: none('unavailable') },
    'undecided',
    'match-undecided',
  ],
  [
    'ported in unreported, the same person',
    { line: inUse(day('2026-08-01'), { portedIn: true }), customerVerified: true, match: matched('match') },
    'current',
    'same-person',
  ],
  [
    'a transfer that no date shows, the same person',
    { line: inUse(day('2026-01-01')), province: noRestart, customerVerified: true, match: matched('match') },
    'current',
    'same-person',
  ],
];

const noAnswer: Row[] = [
  ["a line that isn't found", { line: none('not-found') }, 'undecided', 'not-found'],
  ['a line of which nothing can be said', { line: none('cannot-say') }, 'undecided', 'cannot-say'],
  ['a time-out', { line: none('unavailable') }, 'undecided', 'unavailable'],
  [
    'a time-out, with a complete feed',
    { line: none('unavailable'), events: continues },
    'undecided',
    'unavailable',
  ],
  [
    'a time-out, for a verified customer',
    { line: none('unavailable'), customerVerified: true },
    'undecided',
    'unavailable',
  ],
  [
    'a time-out of "since"',
    {
      capabilities: onlySince,
      line: inUse(null),
      recycledSince: [{ ...none('unavailable'), since: '2026-06-15' }],
    },
    'undecided',
    'unavailable',
  ],
  [
    'a time-out of the second "since"',
    {
      capabilities: onlySince,
      line: inUse(null),
      recycledSince: [since('2026-06-15', false), { ...none('unavailable'), since: '2026-06-14' }],
    },
    'undecided',
    'unavailable',
  ],
  ['a system that can be asked nothing', { line: none('no-capability') }, 'undecided', 'no-capability'],
  [
    'a system that can be asked nothing, with a complete feed',
    { line: none('no-capability'), events: continues },
    'current',
    'events-continue',
  ],
  ['a held line without a join date', { line: inUse(null) }, 'undecided', 'no-capability'],
];

describe('judgeClaim, of a verified customer', () => {
  it.each(persons)('%s → the verdict of its row', (_, parts, verdict, rule) => {
    expect(judgeClaim(q(parts))).toMatchObject({ verdict, rule });
  });
});

describe('judgeClaim, without an answer', () => {
  it.each(noAnswer)('%s → the verdict of its row', (_, parts, verdict, rule) => {
    expect(judgeClaim(q(parts))).toMatchObject({ verdict, rule });
  });
});
