import { checkEventTime, effectiveEvents } from '../../../domain/number/event.ts';
import { freezeEndsAt } from '../../../domain/number/freeze.ts';
import { foldHistory, freezeEndOf, presentTenancy, stateAt } from '../../../domain/number/history.ts';
import { day, event, freeze, retraction } from './events.ts';

const fold = (events: Parameters<typeof foldHistory>[0]['events'], provenAt: number[] = []) =>
  foldHistory({ events, provenAt }, freeze);

const stateOn = (n: number, ...of: Parameters<typeof fold>) => stateAt(fold(...of), freeze, day(n));

describe('state of a number', () => {
  const cancelled = event('number.cancelled', 20);
  it.each([
    ['nothing reported', 'unknown', [], 30],
    ['cancelled', 'frozen', [cancelled], 30],
    ['cancelled, freeze over', 'reassignable', [cancelled], 112],
    ['reclaimed within the freeze', 'in-use', [cancelled, event('number.reclaimed', 40)], 50],
    [
      'reclaimed after the freeze, before a reissue',
      'in-use',
      [cancelled, event('number.reclaimed', 120)],
      121,
    ],
    ['reissued after the freeze', 'in-use', [cancelled, event('number.reissued', 115)], 120],
    ['transferred', 'in-use', [event('number.transferred', 20)], 21],
    ['suspended for unpaid bills', 'suspended', [event('number.suspended', 20)], 21],
    ['restored', 'in-use', [event('number.suspended', 20), event('number.restored', 25)], 26],
    [
      'suspended, then cancelled',
      'frozen',
      [event('number.suspended', 20), event('number.cancelled', 25)],
      26,
    ],
    ['restored though cancelled', 'frozen', [cancelled, event('number.restored', 25)], 26],
    ['suspended though cancelled', 'frozen', [cancelled, event('number.suspended', 25)], 26],
    ['ported', 'in-use', [event('number.ported', 20)], 21],
    ['binding dissolved only', 'unknown', [event('binding.dissolved', 20)], 21],
    ['cancelled, retracted', 'unknown', [cancelled, retraction(cancelled, 22)], 23],
    ['reclaimed though never cancelled', 'unknown', [event('number.reclaimed', 20)], 21],
    [
      'reclaimed though transferred',
      'in-use',
      [event('number.transferred', 20), event('number.reclaimed', 22)],
      23,
    ],
  ] as const)('%s → %s', (_, expected, events, on) => {
    expect(stateOn(on, [...events])).toBe(expected);
  });

  it('a retraction that arrives before its event → the event never counts', () => {
    expect(stateOn(23, [retraction(cancelled, 22), cancelled])).toBe('unknown');
  });

  it('a retraction of an id that two systems gave → only the event of its own system is taken back', () => {
    const other = { ...event('number.cancelled', 21, { id: '4711' }), key: '/carriers/sichuan/fixed:4711' };
    const own = event('number.suspended', 15, { id: '4711' });
    expect(stateOn(23, [own, other, retraction(own, 22)])).toBe('frozen');
  });

  it('a retraction of another province under the same id → the event counts', () => {
    const foreign = { ...retraction(cancelled, 22), province: 'beijing' };
    expect(stateOn(23, [cancelled, foreign])).toBe('frozen');
  });

  it('a cancellation before a claim was proven → nothing is known of the tenancy that the proof shows', () => {
    expect(stateOn(31, [cancelled], [day(30)])).toBe('unknown');
  });

  it('a cancellation at the very instant of a proof → the proof comes after it', () => {
    expect(stateOn(31, [cancelled], [day(20)])).toBe('unknown');
  });
});

describe('tenancies', () => {
  it('a cancellation said again under another id → one end, the first', () => {
    const life = fold([event('number.cancelled', 20), event('number.cancelled', 21)]);
    expect(life.tenancies).toHaveLength(1);
    expect(presentTenancy(life)).toMatchObject({ endedAt: day(20), endReason: 'cancelled' });
  });

  it('a cancellation after the freeze of the one before → a tenancy nobody reported lay between', () => {
    const life = fold([event('number.cancelled', 20), event('number.cancelled', 200)]);
    expect(life.tenancies).toHaveLength(2);
    expect(freezeEndOf(life, freeze)).toBe(freezeEndsAt(day(200), freeze));
  });

  it('a cancellation within the freeze with a later join date → a tenancy nobody reported lay between', () => {
    const second = event('number.cancelled', 40, { joined: { precision: 'second', at: day(30) } });
    expect(fold([event('number.cancelled', 20), second]).tenancies).toHaveLength(2);
  });

  it('a reissue said again with the same join date → one beginning', () => {
    const joined = { precision: 'second', at: day(115) } as const;
    const life = fold([
      event('number.cancelled', 20),
      event('number.reissued', 115, { joined }),
      event('number.reissued', 116, { joined }),
    ]);
    expect(life.tenancies).toHaveLength(2);
  });

  it('a reissue of a running number → the tenancy before ended there', () => {
    const life = fold([event('number.reissued', 20), event('number.reissued', 60)]);
    expect(life.tenancies[0]).toMatchObject({ endedAt: day(60), endReason: 'reissued' });
  });

  it('a transfer → one ends and one begins at that instant', () => {
    const life = fold([event('number.reissued', 5), event('number.transferred', 20)]);
    expect(life.tenancies.map(({ begunAt, endedAt }) => [begunAt, endedAt])).toEqual([
      [day(5), day(20)],
      [day(20), null],
    ]);
  });

  it('a transfer of a frozen number → the new tenancy begins, the old end stays', () => {
    const life = fold([event('number.cancelled', 20), event('number.transferred', 30)]);
    expect(life.tenancies[0]).toMatchObject({ endedAt: day(20), endReason: 'cancelled' });
    expect(life.phase).toBe('in-use');
  });

  it('a port → the tenancy goes on at another home', () => {
    const life = fold([event('number.reissued', 5), event('number.ported', 20, { system: 'mobile-4g' })]);
    expect(life).toMatchObject({ home: { province: 'sichuan', system: 'mobile-4g' } });
    expect(life.tenancies).toHaveLength(1);
  });
});

describe('effectiveEvents', () => {
  it('one event under its key twice → counted once', () => {
    const one = event('number.cancelled', 20);
    expect(effectiveEvents([one, { ...one }])).toHaveLength(1);
  });

  it('an end and a beginning at one instant → the end first, in whichever order they came', () => {
    const types = (events: ReturnType<typeof effectiveEvents>) => events.map(({ type }) => type);
    const end = event('number.cancelled', 20);
    const begin = event('number.reissued', 20);
    expect(types(effectiveEvents([begin, end]))).toEqual(types(effectiveEvents([end, begin])));
    expect(types(effectiveEvents([begin, end]))).toEqual(['number.cancelled', 'number.reissued']);
  });
});

describe('checkEventTime', () => {
  it.each([
    ['five minutes ahead', true, 300_000],
    ['more than five minutes ahead', false, 300_001],
    ['long ago', true, -day(4000)],
  ])('%s → accepted %s', (_, ok, ahead) => {
    expect(checkEventTime({ at: day(1) + ahead, now: day(1) })).toMatchObject({ ok });
  });
});

describe('freezeEndsAt', () => {
  it('the same number and end → the same instant, between the length and 1 % more', () => {
    const end = freezeEndsAt(day(20), freeze);
    expect(freezeEndsAt(day(20), freeze)).toBe(end);
    expect(end).toBeGreaterThanOrEqual(day(110));
    expect(end).toBeLessThanOrEqual(day(110.9));
  });

  it('a thousand numbers cancelled at once → spread over the whole jitter', () => {
    const ends = Array.from({ length: 1_000 }, (_, index) =>
      freezeEndsAt(day(20), { ...freeze, numberKey: `n1_${index}` as typeof freeze.numberKey }),
    );
    const tenths = new Set(ends.map((end) => Math.floor((end - day(110)) / day(0.09))));
    expect(tenths.size).toBe(10);
  });
});
