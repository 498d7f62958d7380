import { type Joined, joinedSpan, sameJoined } from '../../domain/joined.ts';

const zone = 'Asia/Shanghai';
const at = Date.UTC(2026, 10, 24, 1, 2, 3);

describe('joinedSpan', () => {
  it('known to the second → that second', () => {
    expect(joinedSpan({ precision: 'second', at }, zone)).toEqual({ from: at, until: at + 1_000 });
    expect(joinedSpan({ precision: 'second', at: at + 999 }, zone)).toEqual({ from: at, until: at + 1_000 });
  });

  it('known to the day → that day in the time zone of the carrier', () => {
    expect(joinedSpan({ precision: 'day', day: '2026-11-24' }, zone)).toEqual({
      from: Date.UTC(2026, 10, 23, 16),
      until: Date.UTC(2026, 10, 24, 16),
    });
  });

  it('known as a band of months → from its first day to the end of its last', () => {
    expect(joinedSpan({ precision: 'months', from: '2026-01-01', to: '2026-03-31' }, zone)).toEqual({
      from: Date.UTC(2025, 11, 31, 16),
      until: Date.UTC(2026, 2, 31, 16),
    });
  });
});

describe('sameJoined', () => {
  const second: Joined = { precision: 'second', at };
  const day: Joined = { precision: 'day', day: '2026-11-24' };
  const months: Joined = { precision: 'months', from: '2026-11-01', to: '2026-11-30' };

  it.each([second, day, months])('an answer and itself → the same', (joined) => {
    expect(sameJoined(joined, structuredClone(joined))).toBe(true);
  });

  it.each<[string, Joined, Joined]>([
    ['another second', second, { precision: 'second', at: at + 1_000 }],
    ['another day', day, { precision: 'day', day: '2026-11-25' }],
    ['another first month', months, { precision: 'months', from: '2026-10-01', to: '2026-11-30' }],
    ['another last month', months, { precision: 'months', from: '2026-11-01', to: '2026-12-31' }],
    ['a day around a second', second, day],
    ['a band around a day', day, months],
  ])('%s → not the same', (_, a, b) => {
    expect(sameJoined(a, b)).toBe(false);
    expect(sameJoined(b, a)).toBe(false);
  });

  it('the same second with other milliseconds → the same, for carriers cut them off', () => {
    expect(sameJoined(second, { precision: 'second', at: at + 999 })).toBe(true);
  });
});
