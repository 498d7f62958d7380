import fc from 'fast-check';
import { ageOn, birthDayOf, type IdNumber, parseIdNumber } from '../../domain/id-number.ts';

const today = '2026-11-24';
const WEIGHTS = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];

/** ISO 7064 from its other end: the one character that makes the weighted sum of all 18 leave a remainder of 1. */
function complete(first17: string): string {
  const sum = [...first17].reduce((total, digit, place) => total + Number(digit) * Number(WEIGHTS[place]), 0);
  const check = Array.from({ length: 11 }, (_, value) => value).find((value) => (sum + value) % 11 === 1);
  return first17 + (check === 10 ? 'X' : String(check));
}

function valid(text: string): IdNumber {
  const parsed = parseIdNumber(text, today);
  if (!parsed.ok) {
    throw new Error(parsed.detail);
  }
  return parsed.value;
}

const aNumber = fc
  .record({
    region: fc.constantFrom('110105', '440106', '510104', '650101', '830000'),
    born: fc.date({ min: new Date('1900-01-01'), max: new Date('2026-11-24'), noInvalidDate: true }),
    sequence: fc.integer({ min: 0, max: 999 }),
  })
  .map(({ region, born, sequence }) =>
    complete(
      region + born.toISOString().slice(0, 10).replaceAll('-', '') + String(sequence).padStart(3, '0'),
    ),
  );

describe('parseIdNumber', () => {
  // The examples printed in GB 11643-1999, annex A.
  it.each(['11010519491231002X', '440524188001010014'])(
    'an example of the standard (%s) → its check character holds',
    (text) => {
      expect(complete(text.slice(0, 17))).toBe(text);
    },
  );

  it('the example with X → accepted', () => {
    expect(parseIdNumber('11010519491231002X', today)).toEqual({ ok: true, value: '11010519491231002X' });
  });

  it('a small x → made X', () => {
    expect(parseIdNumber('11010519491231002x', today)).toEqual({ ok: true, value: '11010519491231002X' });
  });

  it('any well-formed number → accepted', () => {
    fc.assert(
      fc.property(aNumber, (text) => {
        expect(parseIdNumber(text, today)).toEqual({ ok: true, value: text });
      }),
    );
  });

  it('any single wrong digit → refused', () => {
    fc.assert(
      fc.property(aNumber, fc.nat(16), fc.integer({ min: 1, max: 9 }), (text, place, shift) => {
        const digit = (Number(text[place]) + shift) % 10;
        const wrong = `${text.slice(0, place)}${digit}${text.slice(place + 1)}`;
        expect(parseIdNumber(wrong, today).ok).toBe(false);
      }),
    );
  });

  it('any two neighbours swapped → refused', () => {
    fc.assert(
      fc.property(aNumber, fc.nat(15), (text, place) => {
        const [a, b] = [text[place], text[place + 1]];
        fc.pre(a !== b);
        const wrong = `${text.slice(0, place)}${b}${a}${text.slice(place + 2)}`;
        expect(parseIdNumber(wrong, today).ok).toBe(false);
      }),
    );
  });

  it.each([
    ['born before 1900', complete('44052418800101001')],
    ['born tomorrow', complete('51010420261125001')],
    ['born on 30 February', complete('51010419900230001')],
    ['born in month 13', complete('51010419901301001')],
    ['of a region that is none', complete('00010419900101001')],
    ['of a region between two', complete('16010419900101001')],
    ['with X inside', '5101041990X1010013'],
    ['of 17 characters', '51010419900101001'],
    ['of 19 characters', `${complete('51010419900101001')}0`],
    ['with spaces', ` ${complete('51010419900101001')}`],
    ['of full-width digits', '５１０１０４１９９００１０１００１Ｘ'],
    ['that is empty', ''],
  ])('a number %s → id_number_invalid', (_, text) => {
    expect(parseIdNumber(text, today)).toMatchObject({ ok: false, code: 'id_number_invalid' });
  });

  it('someone born today → accepted', () => {
    expect(parseIdNumber(complete('51010420261124001'), today).ok).toBe(true);
  });

  it('the form of 15 digits → refused with a code of its own', () => {
    expect(parseIdNumber('510104900101001', today)).toMatchObject({ ok: false, code: 'id_number_15_digits' });
  });

  it('a refused number → is not repeated in the detail', () => {
    expect(JSON.stringify(parseIdNumber('510104199001010010', today))).not.toContain('19900101');
  });
});

describe('birthDayOf', () => {
  it('an ID number → the day in it', () => {
    expect(birthDayOf(valid('11010519491231002X'))).toBe('1949-12-31');
  });
});

describe('ageOn', () => {
  it.each([
    ['the day before a birthday', complete('51010420081125001'), '2026-11-24', 17],
    ['a birthday', complete('51010420081124001'), '2026-11-24', 18],
    ['the day after', complete('51010420081123001'), '2026-11-24', 18],
    ['28 February for who was born on the 29th', complete('51010420040229001'), '2022-02-28', 17],
    ['1 March for who was born on 29 February', complete('51010420040229001'), '2022-03-01', 18],
    ['the day of birth', complete('51010420261124001'), '2026-11-24', 0],
  ])('on %s → full years', (_, text, day, age) => {
    expect(ageOn(valid(text), day)).toBe(age);
  });
});
