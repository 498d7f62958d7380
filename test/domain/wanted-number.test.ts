import { readWantedNumber, wasFaster } from '../../domain/wanted-number.ts';
import { claim, day, event, freeze } from './number/events.ts';

const rules = { freeze, policy: { bound: 'at-once', unbound: 'at-freeze-end' } } as const;
const read = (
  events: ReturnType<typeof event>[],
  more: { claim?: ReturnType<typeof claim> | null; provenAt?: number[]; now?: number } = {},
) =>
  readWantedNumber({
    number: { events, provenAt: more.provenAt ?? [] },
    rules,
    claim: more.claim ?? null,
    now: more.now ?? day(30),
  });

const cancelled = event('number.cancelled', 20);
const joinedOn = (on: number) => ({ precision: 'second', at: day(on) }) as const;
const fast = { at: day(26), receivedAt: day(25) };

describe('readWantedNumber', () => {
  it.each([
    ['never heard of', [], {}, { fate: null, frozenSince: null, lastBoundary: null }],
    ['never heard of, claimed', [], { claim: claim() }, { fate: { kind: 'held' }, frozenSince: null }],
    ['cancelled', [cancelled], {}, { frozenSince: day(20), lastBoundary: { at: day(20), kind: 'ended' } }],
    ['cancelled, the freeze is over', [cancelled], { now: day(200) }, { frozenSince: null }],
    [
      'cancelled and claimed, the freeze is over and the release still to come',
      [cancelled],
      { claim: claim(), now: day(200), provenAt: [day(10)] },
      { fate: { kind: 'frozen' }, frozenSince: day(20) },
    ],
    [
      'cancelled, given out again',
      [cancelled, event('number.reissued', 25)],
      { claim: claim() },
      { fate: { kind: 'recycled' }, frozenSince: null, lastBoundary: { at: day(25), kind: 'began' } },
    ],
    [
      'transferred',
      [event('number.transferred', 25)],
      {},
      { frozenSince: null, lastBoundary: { at: day(25), kind: 'began' } },
    ],
    [
      'cancelled, taken back',
      [cancelled, event('number.reclaimed', 22)],
      { claim: claim() },
      { fate: { kind: 'held' }, frozenSince: null, lastBoundary: null },
    ],
    [
      'cancelled, proven by somebody since',
      [cancelled],
      { provenAt: [day(21)] },
      { frozenSince: null, lastBoundary: { at: day(20), kind: 'ended' } },
    ],
    [
      'reported by a carrier whose clock is fast',
      [event('number.reissued', 26, fast)],
      {},
      { lastBoundary: { at: day(25), kind: 'began' } },
    ],
    [
      'a later tenancy of which only the end and the taking back are known',
      [
        cancelled,
        event('number.cancelled', 27, { joined: joinedOn(26) }),
        event('number.reclaimed', 28, { joined: joinedOn(26) }),
      ],
      { claim: claim() },
      { fate: { kind: 'recycled' }, frozenSince: null, lastBoundary: { at: day(26), kind: 'began' } },
    ],
    [
      'the same, and nothing of the end before it',
      [
        event('number.cancelled', 27, { joined: joinedOn(26) }),
        event('number.reclaimed', 28, { joined: joinedOn(26) }),
      ],
      { claim: claim() },
      { fate: { kind: 'recycled' }, lastBoundary: { at: day(26), kind: 'began' } },
    ],
    [
      'a later tenancy of which nobody says when it began',
      [cancelled, event('number.cancelled', 150), event('number.reclaimed', 151)],
      { claim: claim(), now: day(152) },
      { fate: { kind: 'frozen' }, lastBoundary: { at: day(20), kind: 'began' } },
    ],
    [
      'cancelled, with the date on which its holder joined',
      [event('number.cancelled', 20, { joined: joinedOn(2) })],
      {},
      { lastBoundary: { at: day(20), kind: 'ended' } },
    ],
    ['suspended (停机)', [event('number.suspended', 25)], {}, { frozenSince: null, lastBoundary: null }],
  ])('%s → what its events say', (_, events, more, wanted) => {
    expect(read(events, more)).toMatchObject(wanted);
  });
});

describe('wasFaster', () => {
  const held = { kind: 'held', anchoredAt: day(10) } as const;
  it.each([
    ['proven after our code was sent', claim(), held, day(9), true],
    ['proven before', claim(), held, day(11), false],
    ['suspended since', claim({ state: 'suspended' }), held, day(9), false],
    ['ended by events', claim(), { kind: 'frozen', since: day(12), eventKey: 'e' } as const, day(9), false],
  ])('a claim %s → %#', (_, of, fate, issuedAt, wanted) => {
    expect(wasFaster(of, fate, issuedAt)).toBe(wanted);
  });
});
