import fc from 'fast-check';
import {
  addDays,
  dayOf,
  daySpan,
  formatInstant,
  parseDay,
  parseDuration,
  parseInstant,
} from '../../domain/instant.ts';

const anInstant = fc.integer({ min: Date.UTC(1990, 0), max: Date.UTC(2100, 0) });
const zones = fc.constantFrom('Asia/Shanghai', 'UTC', 'Europe/Berlin', 'America/New_York', 'Asia/Urumqi');

describe('parseInstant', () => {
  it.each([
    ['in UTC', '2026-11-24T00:00:00Z', Date.UTC(2026, 10, 24)],
    ['with an offset', '2026-11-24T08:00:00+08:00', Date.UTC(2026, 10, 24)],
    ['with milliseconds', '2026-11-24T00:00:00.123Z', Date.UTC(2026, 10, 24, 0, 0, 0, 123)],
    ['finer than milliseconds', '2026-11-24T00:00:00.123999Z', Date.UTC(2026, 10, 24, 0, 0, 0, 123)],
    ['on a leap day', '2024-02-29T12:00:00Z', Date.UTC(2024, 1, 29, 12)],
  ])('a time %s → that instant', (_, text, value) => {
    expect(parseInstant(text)).toEqual({ ok: true, value });
  });

  it.each([
    ['without offset', '2026-11-24T00:00:00'],
    ['without seconds', '2026-11-24T00:00Z'],
    ['in basic form', '20261124T000000Z'],
    ['on a day that is none', '2026-02-29T00:00:00Z'],
    ['in a month that is none', '2026-13-01T00:00:00Z'],
    ['at an hour that is none', '2026-11-24T24:00:00Z'],
    ['with an offset that is none', '2026-11-24T00:00:00+99:00'],
    ['at a leap second', '2016-12-31T23:59:60Z'],
    ['that is a day only', '2026-11-24'],
    ['with a zone name', '2026-11-24T00:00:00Z[Asia/Shanghai]'],
    ['that is empty', ''],
  ])('a time %s → instant_invalid', (_, text) => {
    expect(parseInstant(text)).toMatchObject({ ok: false, code: 'instant_invalid' });
  });

  it('any instant, written and read again → the same instant', () => {
    fc.assert(
      fc.property(anInstant, (instant) => {
        expect(parseInstant(formatInstant(instant))).toEqual({ ok: true, value: instant });
      }),
    );
  });
});

describe('formatInstant', () => {
  it('whole seconds → no fraction', () => {
    expect(formatInstant(Date.UTC(2026, 10, 24, 1, 2, 3))).toBe('2026-11-24T01:02:03Z');
  });

  it('milliseconds → kept', () => {
    expect(formatInstant(Date.UTC(2026, 10, 24, 1, 2, 3, 40))).toBe('2026-11-24T01:02:03.040Z');
  });
});

describe('parseDay', () => {
  it('a real day → that day', () => {
    expect(parseDay('2024-02-29')).toEqual({ ok: true, value: '2024-02-29' });
  });

  it.each(['2026-02-29', '2026-00-10', '2026-1-1', '20261124', '2026-11-24T00:00:00Z', ''])(
    '"%s" → day_invalid',
    (text) => {
      expect(parseDay(text)).toMatchObject({ ok: false, code: 'day_invalid' });
    },
  );
});

describe('dayOf', () => {
  it('late in the UTC day → already the next day in China', () => {
    expect(dayOf(Date.UTC(2026, 10, 24, 16), 'Asia/Shanghai')).toBe('2026-11-25');
    expect(dayOf(Date.UTC(2026, 10, 24, 15, 59, 59, 999), 'Asia/Shanghai')).toBe('2026-11-24');
  });

  it('any instant → lies in the span of its day', () => {
    fc.assert(
      fc.property(anInstant, zones, (instant, zone) => {
        const { from, until } = daySpan(dayOf(instant, zone), zone);
        expect(from).toBeLessThanOrEqual(instant);
        expect(until).toBeGreaterThan(instant);
      }),
    );
  });
});

describe('daySpan', () => {
  it('a day in China → 24 hours from 16:00 UTC of the day before', () => {
    expect(daySpan('2026-11-24', 'Asia/Shanghai')).toEqual({
      from: Date.UTC(2026, 10, 23, 16),
      until: Date.UTC(2026, 10, 24, 16),
    });
  });

  it('the day on which clocks go forward → 23 hours', () => {
    const { from, until } = daySpan('2026-03-29', 'Europe/Berlin');
    expect(until - from).toBe(23 * 3_600_000);
  });

  it('any day → ends where the next one begins', () => {
    fc.assert(
      fc.property(anInstant, zones, (instant, zone) => {
        const day = dayOf(instant, zone);
        expect(daySpan(day, zone).until).toBe(daySpan(addDays(day, 1), zone).from);
      }),
    );
  });
});

describe('addDays', () => {
  it.each([
    ['2024-02-28', 1, '2024-02-29'],
    ['2025-02-28', 1, '2025-03-01'],
    ['2026-01-01', -1, '2025-12-31'],
    ['2026-01-01', 0, '2026-01-01'],
  ])('%s plus %d → %s', (day, days, result) => {
    expect(addDays(day, days)).toBe(result);
  });
});

describe('parseDuration', () => {
  it.each([
    ['P90D', 7_776_000_000],
    ['P1W', 604_800_000],
    ['PT10M', 600_000],
    ['P1DT2H', 93_600_000],
    ['PT0.5S', 500],
    ['PT1.001S', 1_001],
  ])('%s → %d ms', (text, value) => {
    expect(parseDuration(text)).toEqual({ ok: true, value });
  });

  it.each([
    'P1M',
    'P1Y',
    '-P1D',
    '+P1D',
    'PT0S',
    'P',
    'PT',
    'P1DT',
    '90D',
    '90',
    '',
    'PT0.0001S',
    'P99999999999D',
  ])('"%s" → duration_invalid', (text) => {
    expect(parseDuration(text)).toMatchObject({ ok: false, code: 'duration_invalid' });
  });
});
