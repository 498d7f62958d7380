import { judgeClaim } from '../../domain/verdict.ts';
import {
  answer,
  at,
  claimedAt,
  continues,
  day,
  inUse,
  joinedLater,
  none,
  noRestart,
  onlySince,
  q,
  type Row,
  remembered,
  second,
  since,
} from './verdict-cases.ts';

const events: Row[] = [
  [
    'events say it was cancelled',
    { events: { kind: 'ended-frozen', at, eventKey: 'e' } },
    'frozen',
    'events-frozen',
  ],
  [
    'events say it was cancelled, the join date the contrary',
    { events: { kind: 'ended-frozen', at, eventKey: 'e' }, line: inUse(day('2020-01-01')) },
    'frozen',
    'events-frozen',
  ],
  [
    'events say a new one began',
    { events: { kind: 'ended-recycled', at, eventKey: 'e' } },
    'recycled',
    'events-recycled',
  ],
  [
    'events say a new one began, for a verified customer',
    { events: { kind: 'ended-recycled', at, eventKey: 'e' }, customerVerified: true },
    'recycled',
    'events-recycled',
  ],
  [
    'the carrier says frozen',
    { line: answer({ status: 'frozen', portedIn: false, joined: null }) },
    'frozen',
    'carrier-frozen',
  ],
  [
    'the carrier says not in use',
    { line: answer({ status: 'not-in-use', portedIn: false, joined: null }) },
    'frozen',
    'carrier-frozen',
  ],
  [
    'the carrier says frozen, the feed nothing of it',
    { events: continues, line: answer({ status: 'frozen', portedIn: false, joined: null }) },
    'frozen',
    'carrier-frozen',
  ],
  [
    'a line that is suspended for its bills, joined before',
    { line: inUse(day('2020-01-01'), { status: 'suspended' }) },
    'current',
    'joined-earlier',
  ],
];

const sameDate: Row[] = [
  [
    'the same join date, on the day of the claim',
    { claim: remembered(day('2026-06-15')), line: inUse(day('2026-06-15')) },
    'current',
    'same-join-date',
  ],
  [
    'the same join date, in the second of the claim',
    { claim: remembered(second(claimedAt)), line: inUse(second(claimedAt)) },
    'current',
    'same-join-date',
  ],
  [
    'the same join date, remembered late and later than the claim',
    { claim: remembered(day('2026-08-01')), line: joinedLater },
    'recycled',
    'joined-later',
  ],
  [
    'the same join date where a transfer leaves it as it is',
    { claim: remembered(day('2026-01-01')), line: inUse(day('2026-01-01')), province: noRestart },
    'undecided',
    'transfer-invisible',
  ],
  [
    'another join date than remembered',
    { claim: remembered(day('2026-01-01')), line: joinedLater },
    'recycled',
    'joined-later',
  ],
];

const laterOrEarlier: Row[] = [
  ['joined the day after the claim', { line: inUse(day('2026-06-16')) }, 'recycled', 'joined-later'],
  [
    'joined the second after the claim',
    { line: inUse(second(claimedAt + 1_000)) },
    'recycled',
    'joined-later',
  ],
  [
    'joined later, though the feed told nothing',
    { line: joinedLater, events: continues },
    'recycled',
    'joined-later',
  ],
  ['joined the day before the claim', { line: inUse(day('2026-06-14')) }, 'current', 'joined-earlier'],
  [
    'joined the second before the claim',
    { line: inUse(second(claimedAt - 1_000)) },
    'current',
    'joined-earlier',
  ],
  [
    'joined earlier where a transfer leaves the date as it is',
    { line: inUse(day('2026-06-14')), province: noRestart },
    'undecided',
    'transfer-invisible',
  ],
  [
    'joined earlier, such a province, and a complete feed',
    { line: inUse(day('2026-06-14')), province: noRestart, events: continues },
    'current',
    'events-continue',
  ],
];

const overlap: Row[] = [
  ['joined in the second of the claim', { line: inUse(second(claimedAt)) }, 'undecided', 'joined-overlap'],
  ['joined on the day of the claim', { line: inUse(day('2026-06-15')) }, 'undecided', 'joined-overlap'],
  [
    'joined on the day of the claim, with a complete feed',
    { line: inUse(day('2026-06-15')), events: continues },
    'undecided',
    'joined-overlap',
  ],
  [
    'joined in a band with the claim in it',
    { line: inUse({ precision: 'months', from: '2026-05-01', to: '2026-06-30' }) },
    'undecided',
    'joined-overlap',
  ],
  [
    'joined in a band before the claim',
    { line: inUse({ precision: 'months', from: '2026-04-01', to: '2026-06-14' }) },
    'current',
    'joined-earlier',
  ],
  [
    'joined in a band after the claim',
    { line: inUse({ precision: 'months', from: '2026-06-16', to: '2026-07-31' }) },
    'recycled',
    'joined-later',
  ],
  [
    'recycled since the day of the claim',
    { capabilities: onlySince, line: inUse(null), recycledSince: [since('2026-06-15', true)] },
    'recycled',
    'joined-later',
  ],
  [
    'not recycled since the day before the claim',
    {
      capabilities: onlySince,
      line: inUse(null),
      recycledSince: [since('2026-06-15', false), since('2026-06-14', false)],
    },
    'current',
    'joined-earlier',
  ],
  [
    'recycled since the day before, not since the day of the claim',
    {
      capabilities: onlySince,
      line: inUse(null),
      recycledSince: [since('2026-06-15', false), since('2026-06-14', true)],
    },
    'undecided',
    'joined-overlap',
  ],
  [
    'a system that only answers "since", and keeps no record',
    { capabilities: onlySince, line: none('no-capability'), recycledSince: [since('2026-06-15', true)] },
    'recycled',
    'joined-later',
  ],
];

describe('judgeClaim, by events and the state of the line', () => {
  it.each(events)('%s → the verdict of its row', (_, parts, verdict, rule) => {
    expect(judgeClaim(q(parts))).toMatchObject({ verdict, rule });
  });
});

describe('judgeClaim, by the same join date', () => {
  it.each(sameDate)('%s → the verdict of its row', (_, parts, verdict, rule) => {
    expect(judgeClaim(q(parts))).toMatchObject({ verdict, rule });
  });
});

describe('judgeClaim, by a later or an earlier date', () => {
  it.each(laterOrEarlier)('%s → the verdict of its row', (_, parts, verdict, rule) => {
    expect(judgeClaim(q(parts))).toMatchObject({ verdict, rule });
  });
});

describe('judgeClaim, by dates that overlap with the claim', () => {
  it.each(overlap)('%s → the verdict of its row', (_, parts, verdict, rule) => {
    expect(judgeClaim(q(parts))).toMatchObject({ verdict, rule });
  });
});
