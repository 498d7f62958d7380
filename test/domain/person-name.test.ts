import fc from 'fast-check';
import { normaliseName, parsePersonName, sameName } from '../../domain/person-name.ts';

describe('parsePersonName', () => {
  it.each([
    ['a Chinese name', '张三', '张三'],
    ['spaces between Han characters', ' 张　三 ', '张三'],
    ['a transcribed name', '阿卜杜拉·买买提', '阿卜杜拉·买买提'],
    ['spaces around the dot', '阿卜杜拉 • 买买提', '阿卜杜拉·买买提'],
    ['two dots', '阿卜杜拉··买买提', '阿卜杜拉·买买提'],
    ['a Latin name', 'Maria  López', 'Maria López'],
    ['initials', 'J. R. Smith', 'J. R. Smith'],
    ['an abbreviation at the end', 'Robert Jr.', 'Robert Jr.'],
    ['full-width letters', 'Ｌｉ　Ｍｉｎｇ', 'Li Ming'],
    ['apostrophe and hyphen of a word processor', 'Anne‐Marie O’Neil', "Anne-Marie O'Neil"],
    ['a character that is a number to Unicode', '王〇', '王〇'],
    ['a rare character outside the first plane', '王𬱖', '王𬱖'],
    ['invisible characters', '张\u200b三\ufe00', '张三'],
    ['a compatibility ideograph', '\uf90a三', '金三'],
  ])('%s → tidied', (_, text, value) => {
    expect(parsePersonName(text)).toEqual({ ok: true, value });
  });

  it.each([
    ['one character', '张'],
    ['digits', '张三2'],
    ['full-width digits', '张三２'],
    ['brackets', '张三（小）'],
    ['an e-mail address', 'zhang@example.com'],
    ['only dots', '··'],
    ['a dot at the start', '·张三'],
    ['a dot at the end', '张三·'],
    ['65 characters', '张'.repeat(65)],
    ['nothing', ''],
    ['only spaces', '   '],
    ['an emoji', '张三😀'],
  ])('%s → name_invalid', (_, text) => {
    expect(parsePersonName(text)).toMatchObject({ ok: false, code: 'name_invalid' });
  });

  it('a name, parsed again → stays as it is', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom('张', '三', '·', '•', '.', ' ', 'a', 'É', "'", 'ﬁ') }),
        (text) => {
          const once = parsePersonName(text);
          fc.pre(once.ok);
          expect(once.ok && parsePersonName(once.value)).toEqual(once);
        },
      ),
    );
  });
});

describe('sameName', () => {
  it.each([...'·•・･‧∙⋅.．․⸱ꞏ●'])('written with the dot %s → the same name', (dot) => {
    expect(sameName(`阿卜杜拉${dot}买买提`, '阿卜杜拉·买买提')).toBe(true);
  });

  it.each([
    ['case', 'Maria LOPEZ', 'maria lopez'],
    ['sharp s', 'Groß', 'GROSS'],
    ['width', 'ＬＩ ＭＩＮＧ', 'li ming'],
    ['spaces', '张 三', '张三'],
    ['composition of accents', 'Lo\u0301pez', 'López'],
  ])('other %s → the same name', (_, a, b) => {
    expect(sameName(a, b)).toBe(true);
  });

  it.each([
    ['another character', '张三', '张山'],
    ['the dot left out', '阿卜杜拉·买买提', '阿卜杜拉买买提'],
    ['Latin words run together', 'Li Ming', 'Liming'],
    ['an initial for a name', 'J. Smith', 'John Smith'],
    ['traditional for simplified', '張三', '张三'],
  ])('%s → another name', (_, a, b) => {
    expect(sameName(a, b)).toBe(false);
  });
});

describe('normaliseName', () => {
  it('any text, normalised twice → as normalised once', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        const once = normaliseName(text);
        expect(normaliseName(once)).toBe(once);
      }),
      { numRuns: 1_000 },
    );
  });
});
