import type { LineFacts, MatchAnswer, NoAnswer, Reply } from '../../domain/carrier-reply.ts';
import type { Joined } from '../../domain/joined.ts';
import { judgeClaim, questionAfterFreeze } from '../../domain/verdict.ts';
import type { VerdictQuestion } from '../../domain/verdict-question.ts';

const at = Date.UTC(2026, 10, 24, 4);
const claimedAt = Date.UTC(2026, 5, 15, 4); // noon of 15 June in China
const source = 'sichuan/mobile-5g';

const day = (text: string): Joined => ({ precision: 'day', day: text });
const second = (instant: number): Joined => ({ precision: 'second', at: instant });
const asked = <T>(reply: Reply<T>) => ({ source, at, reply });
const answer = <T>(value: T) => asked<T>({ kind: 'answer', value });
const none = (kind: NoAnswer) => asked<never>({ kind });
const inUse = (joined: Joined | null, facts: Partial<LineFacts> = {}) =>
  answer<LineFacts>({ status: 'in-use', portedIn: false, joined, ...facts });
const since = (date: string, value: boolean) => ({ ...answer(value), since: date });
const matched = (value: MatchAnswer) => answer(value);

const nothingAsked: VerdictQuestion = {
  claim: { anchoredAt: claimedAt, tenancy: null },
  customerVerified: false,
  events: { kind: 'nothing' },
  port: null,
  province: { timeZone: 'Asia/Shanghai', trackedSince: '2020-01-01', restartsOnTransfer: true },
  capabilities: { recycledSince: false, match: true },
  line: null,
  recycledSince: [],
  match: null,
};
const q = (parts: Partial<VerdictQuestion>): VerdictQuestion => ({ ...nothingAsked, ...parts });
const noRestart = { ...nothingAsked.province, restartsOnTransfer: false };
const remembered = (joined: Joined) => ({ anchoredAt: claimedAt, tenancy: { joined, source } });
const continues = { kind: 'continues', at } as const;
const onlySince = { recycledSince: true, match: true };
const joinedLater = inUse(day('2026-08-01'));
const port = { at: Date.UTC(2026, 7, 1, 4), joined: null };

type Row = [situation: string, parts: Partial<VerdictQuestion>, verdict: string, rule: string];

const rows: Row[] = [
  // 1. Events
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
  // 2. The same join date
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
  // 3. Later or earlier
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
  // 4. Overlap
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
  // 5. Ports
  [
    'joined later on a number ported in unreported',
    { line: inUse(day('2026-08-01'), { portedIn: true }) },
    'undecided',
    'ported-unreported',
  ],
  [
    'joined earlier on a number ported in',
    { line: inUse(day('2026-01-01'), { portedIn: true }) },
    'current',
    'joined-earlier',
  ],
  [
    'recycled since, on a number ported in unreported',
    {
      capabilities: onlySince,
      line: inUse(null, { portedIn: true }),
      recycledSince: [since('2026-06-15', true)],
    },
    'undecided',
    'ported-unreported',
  ],
  [
    'joined on the day of a reported port',
    { line: inUse(day('2026-08-01'), { portedIn: true }), port },
    'current',
    'port-continues',
  ],
  [
    'joined at the date that the port was reported with',
    { line: inUse(day('2026-08-03'), { portedIn: true }), port: { ...port, joined: day('2026-08-03') } },
    'current',
    'port-continues',
  ],
  [
    'joined after the reported port',
    { line: inUse(day('2026-10-01'), { portedIn: true }), port },
    'recycled',
    'joined-later',
  ],
  [
    'joined between the claim and the reported port',
    { line: inUse(day('2026-07-01'), { portedIn: true }), port },
    'recycled',
    'joined-later',
  ],
  [
    'joined in a band with the reported port in it',
    { line: inUse({ precision: 'months', from: '2026-08-01', to: '2026-08-31' }, { portedIn: true }), port },
    'undecided',
    'port-unclear',
  ],
  [
    'joined on the day of a port, the claim older than the reports',
    {
      line: inUse(day('2026-08-01'), { portedIn: true }),
      port,
      province: { ...nothingAsked.province, trackedSince: '2026-07-01' },
    },
    'undecided',
    'port-unclear',
  ],
  [
    '"since" answers that put it on the day of the port',
    {
      capabilities: onlySince,
      line: inUse(null, { portedIn: true }),
      port,
      recycledSince: [since('2026-06-15', true), since('2026-08-01', false), since('2026-07-31', true)],
    },
    'current',
    'port-continues',
  ],
  [
    '"since" answers that put it after the port',
    {
      capabilities: onlySince,
      line: inUse(null, { portedIn: true }),
      port,
      recycledSince: [since('2026-06-15', true), since('2026-08-01', true)],
    },
    'recycled',
    'joined-later',
  ],
  [
    '"since" answers that put it before the port',
    {
      capabilities: onlySince,
      line: inUse(null, { portedIn: true }),
      port,
      recycledSince: [since('2026-06-15', true), since('2026-08-01', false), since('2026-07-31', false)],
    },
    'recycled',
    'joined-later',
  ],
  // 6. The same person
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
  // 7. No answer
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

describe('judgeClaim', () => {
  it.each(rows)('%s → the verdict of its row', (_, parts, verdict, rule) => {
    expect(judgeClaim(q(parts))).toMatchObject({ verdict, rule });
  });

  it.each<[string, Partial<VerdictQuestion>, unknown]>([
    ['nothing is known', {}, 'line'],
    ['a complete feed tells no end', { events: continues }, 'line'],
    [
      'the system tells no join date',
      { capabilities: onlySince, line: inUse(null) },
      { recycledSince: '2026-06-15' },
    ],
    [
      'not recycled since the day of the claim',
      { capabilities: onlySince, line: inUse(null), recycledSince: [since('2026-06-15', false)] },
      { recycledSince: '2026-06-14' },
    ],
    [
      'recycled since the claim, and a port reported',
      { capabilities: onlySince, line: inUse(null), port, recycledSince: [since('2026-06-15', true)] },
      { recycledSince: '2026-08-01' },
    ],
    [
      'not recycled since the port',
      {
        capabilities: onlySince,
        line: inUse(null),
        port,
        recycledSince: [since('2026-06-15', true), since('2026-08-01', false)],
      },
      { recycledSince: '2026-07-31' },
    ],
    ['recycled by date, verified customer', { line: joinedLater, customerVerified: true }, 'match'],
    [
      'undecided by date, verified customer',
      { line: inUse(day('2026-06-15')), customerVerified: true },
      'match',
    ],
    ['not found, verified customer', { line: none('not-found'), customerVerified: true }, 'match'],
  ])('%s → asks for the next answer', (_, parts, ask) => {
    expect(judgeClaim(q(parts))).toEqual({ ask });
  });

  it('the day of the claim → is that of the carrier, not of UTC', () => {
    const claim = { anchoredAt: Date.UTC(2026, 5, 14, 16), tenancy: null }; // midnight, 15 June in China
    expect(judgeClaim(q({ claim, line: inUse(day('2026-06-15')) }))).toMatchObject({ verdict: 'undecided' });
    expect(judgeClaim(q({ claim, line: inUse(day('2026-06-14')) }))).toMatchObject({ verdict: 'current' });
  });

  it('the same person in a new tenancy → the claim moves there, and is current by its join date from then on', () => {
    const judged = judgeClaim(q({ line: joinedLater, customerVerified: true, match: matched('match') }));
    const movesTo = 'movesTo' in judged ? judged.movesTo : null;
    expect(movesTo).toEqual({
      anchoredAt: Date.UTC(2026, 7, 1, 16) - 1, // the last instant of that day in China
      tenancy: { joined: day('2026-08-01'), source },
    });
    expect(
      judgeClaim(q({ claim: movesTo ?? remembered(day('2026-01-01')), line: joinedLater })),
    ).toMatchObject({
      verdict: 'current',
      rule: 'same-join-date',
    });
  });

  it('the same person who joined today → the claim moves no further than now', () => {
    const today = inUse(day('2026-11-24'));
    const judged = judgeClaim(q({ line: today, customerVerified: true, match: matched('match') }));
    expect(judged).toMatchObject({ movesTo: { anchoredAt: at } });
  });

  it('the same person where the tenancy may never have changed → the claim stays', () => {
    const overlap = inUse(day('2026-06-15'));
    const judged = judgeClaim(q({ line: overlap, customerVerified: true, match: matched('match') }));
    expect(judged).toMatchObject({ verdict: 'current', movesTo: null });
  });

  it('a verdict from several answers → as old as the oldest', () => {
    const parts = {
      capabilities: onlySince,
      line: inUse(null),
      recycledSince: [{ ...since('2026-06-15', false), at: at - 5_000 }, since('2026-06-14', false)],
    };
    expect(judgeClaim(q(parts))).toMatchObject({ asOf: at - 5_000 });
  });

  it('a verdict by events → rests on no answer', () => {
    expect(judgeClaim(q({ events: { kind: 'ended-frozen', at, eventKey: 'e' } }))).toMatchObject({
      asOf: null,
    });
  });

  it('any verdict → carries who was asked what, the answer, when, and since when the province is tracked', () => {
    const parts = {
      claim: remembered(second(claimedAt)),
      line: joinedLater,
      customerVerified: true,
      match: matched('no-match'),
    };
    expect(judgeClaim(q(parts))).toMatchObject({
      evidence: {
        anchoredAt: '2026-06-15T04:00:00Z',
        rememberedJoined: '2026-06-15T04:00:00Z',
        rememberedFrom: source,
        trackedSince: '2020-01-01',
        events: 'nothing',
        line: 'in-use',
        'line from': source,
        'line at': '2026-11-24T04:00:00Z',
        joined: '2026-08-01',
        portedIn: false,
        match: 'no-match',
        'match from': source,
        'match at': '2026-11-24T04:00:00Z',
      },
    });
  });

  it('a verdict by events, a port and "since" answers → carries them too', () => {
    const asking = {
      capabilities: onlySince,
      line: inUse(null),
      port,
      recycledSince: [since('2026-06-15', true), since('2026-08-01', true)],
    };
    expect(judgeClaim(q(asking))).toMatchObject({
      evidence: {
        portedAt: '2026-08-01T04:00:00Z',
        'recycledSince 2026-06-15': 'true',
        'recycledSince 2026-08-01 from': source,
      },
    });
    expect(judgeClaim(q({ events: { kind: 'ended-recycled', at, eventKey: 'feed:7' } }))).toMatchObject({
      evidence: { events: 'ended-recycled', eventsAt: '2026-11-24T04:00:00Z', eventKey: 'feed:7' },
    });
  });
});

describe('questionAfterFreeze', () => {
  const frozen = q({ events: { kind: 'ended-frozen', at: Date.UTC(2026, 6, 1, 4), eventKey: 'e' } });
  const since1July = Date.UTC(2026, 6, 1, 4);

  it.each<[string, Partial<VerdictQuestion>, string]>([
    ['a later join date', { line: joinedLater }, 'recycled'],
    ['a join date before the freeze', { line: inUse(day('2026-01-01')) }, 'current'],
    ['a join date on the day of the cancellation', { line: inUse(day('2026-07-01')) }, 'undecided'],
    ['still nobody', { line: answer({ status: 'frozen', portedIn: false, joined: null }) }, 'frozen'],
    ['a time-out', { line: none('unavailable') }, 'undecided'],
    [
      '"since" answers of a new tenancy',
      { capabilities: onlySince, line: inUse(null), recycledSince: [since('2026-07-01', true)] },
      'recycled',
    ],
    [
      'a later join date and the same person',
      { line: joinedLater, customerVerified: true, match: matched('match') },
      'current',
    ],
  ])('%s → tells whether a new tenancy began', (_, parts, verdict) => {
    expect(judgeClaim(questionAfterFreeze({ ...frozen, ...parts }, since1July))).toMatchObject({ verdict });
  });

  it('a port before the freeze → explains no later join date', () => {
    const before = { at: Date.UTC(2026, 5, 20), joined: day('2026-08-01') };
    expect(
      judgeClaim(questionAfterFreeze({ ...frozen, port: before, line: joinedLater }, since1July)),
    ).toMatchObject({
      verdict: 'recycled',
    });
  });
});
