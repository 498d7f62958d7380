import type { AskedSince } from '../../domain/carrier-reply.ts';
import { compareBeginning, compareWithDay, spanOfAnswers } from '../../domain/join-comparison.ts';

const zone = 'Asia/Shanghai';
const since = (day: string, value: boolean): AskedSince => ({
  source: 'beijing/fixed',
  at: 0,
  since: day,
  reply: { kind: 'answer', value },
});

describe('spanOfAnswers', () => {
  const endOf15 = Date.UTC(2026, 5, 15, 16);
  const endOf14 = Date.UTC(2026, 5, 14, 16);

  it.each<[string, AskedSince[], number, number]>([
    ['no answer', [], Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY],
    ['yes', [since('2026-06-15', true)], endOf15, Number.POSITIVE_INFINITY],
    ['no', [since('2026-06-15', false)], Number.NEGATIVE_INFINITY, endOf15],
    [
      'no, then yes for the day before',
      [since('2026-06-15', false), since('2026-06-14', true)],
      endOf14,
      endOf15,
    ],
    ['no twice', [since('2026-06-15', false), since('2026-06-14', false)], Number.NEGATIVE_INFINITY, endOf14],
    [
      'a time-out',
      [{ ...since('2026-06-15', true), reply: { kind: 'unavailable' } }],
      Number.NEGATIVE_INFINITY,
      Number.POSITIVE_INFINITY,
    ],
  ])('%s → the span that is left', (_, asked, from, until) => {
    expect(spanOfAnswers(asked, zone)).toEqual({ from, until });
  });
});

describe('compareBeginning', () => {
  it.each([
    ['before the span', 999, 'later'],
    ['its first', 1_000, 'overlap'],
    ['its last', 1_999, 'overlap'],
    ['the first after it', 2_000, 'earlier'],
  ])('a span and the instant %s → told apart to the millisecond', (_, instant, relation) => {
    expect(compareBeginning({ from: 1_000, until: 2_000 }, instant)).toBe(relation);
  });
});

describe('compareWithDay', () => {
  const from = Date.UTC(2026, 5, 14, 16);
  const until = Date.UTC(2026, 5, 15, 16);

  it.each([
    ['the day itself', from, until, 'within'],
    ['a second of it', from, from + 1_000, 'within'],
    ['the day before', from - 86_400_000, from, 'apart'],
    ['the day after', until, until + 86_400_000, 'apart'],
    ['more than the day', from - 1, until, 'perhaps'],
    ['everything up to its end', Number.NEGATIVE_INFINITY, until, 'perhaps'],
    ['everything from its end on', until, Number.POSITIVE_INFINITY, 'apart'],
  ])('%s → compared with that day in China', (_, start, end, relation) => {
    expect(compareWithDay({ from: start, until: end }, '2026-06-15', zone)).toBe(relation);
  });
});
