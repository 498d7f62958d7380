import { judgeClaim, questionAfterFreeze } from '../../domain/verdict.ts';
import type { VerdictQuestion } from '../../domain/verdict-question.ts';
import {
  answer,
  at,
  claimedAt,
  continues,
  day,
  inUse,
  joinedLater,
  matched,
  none,
  onlySince,
  port,
  q,
  remembered,
  second,
  since,
  source,
} from './verdict-cases.ts';

describe('judgeClaim', () => {
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
