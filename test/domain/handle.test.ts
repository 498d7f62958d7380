import fc from 'fast-check';
import { emailKey, nicknameKey, parseEmail, parseNickname } from '../../domain/handle.ts';

function keyOf(text: string): string {
  const parsed = parseNickname(text);
  if (!parsed.ok) {
    throw new Error(parsed.detail);
  }
  return nicknameKey(parsed.value);
}

describe('parseNickname', () => {
  it.each([
    ['Latin', 'Alice', 'Alice'],
    ['Chinese', '小红', '小红'],
    ['digits in it', 'alice1990', 'alice1990'],
    ['four digits only', '1990', '1990'],
    ['spaces', '  Alice   Li ', 'Alice Li'],
    ['full width', 'Ａｌｉｃｅ', 'Alice'],
    ['an emoji', 'Alice😀', 'Alice😀'],
    ['32 characters', '红'.repeat(32), '红'.repeat(32)],
    ['32 characters outside the first plane', '𬱖'.repeat(32), '𬱖'.repeat(32)],
  ])('%s → accepted and tidied', (_, text, value) => {
    expect(parseNickname(text)).toEqual({ ok: true, value });
  });

  it.each([
    ['one character', 'a'],
    ['33 characters', '红'.repeat(33)],
    ['nothing', ''],
    ['only spaces', '     '],
    ['a line end', 'Ali\nce'],
    ['a zero-width space', 'Ali\u200bce'],
    ['a zero-width joiner', 'Ali\u200dce'],
    ['a turn of direction', 'Ali\u202ece'],
    ['a Hangul filler', 'Ali\u3164ce'],
    ['an empty Braille cell', 'Ali\u2800ce'],
    ['a private character', 'Ali\ue000ce'],
    ['a lone surrogate', 'Ali\ud800ce'],
    ['stacked marks', 'Ali\u0300\u0301\u0302\u0303\u0304ce'],
    ['a mark at the start', '\u0301Alice'],
    ['a phone number', '13800138000'],
    ['a phone number in E.164', '+8613800138000'],
    ['a phone number with dashes', '138-0013-8000'],
    ['a full-width phone number', '１３８００１３８０００'],
    ['a phone number in Arabic digits', '١٣٨٠٠١٣٨٠٠٠'],
    ['a short code', '95588'],
    ['a fixed line', '(028) 1234 5678'],
    ['an e-mail address', 'alice@example.com'],
    ['an e-mail address with another at sign', 'alice﹫example.com'],
  ])('%s → nickname_invalid', (_, text) => {
    expect(parseNickname(text)).toMatchObject({ ok: false, code: 'nickname_invalid' });
  });
});

describe('nicknameKey', () => {
  it.each([
    ['case', 'Alice', 'aLICE'],
    ['width', 'Ａｌｉｃｅ', 'alice'],
    ['spaces', 'Alice Li', 'AliceLi'],
    ['a Cyrillic letter', 'аlice', 'alice'],
    ['Cyrillic capitals', 'ВОВ', 'BOB'],
    ['Greek letters', 'αlιce', 'alice'],
    ['a Cyrillic letter under an accent', 'ӓlice', 'älice'],
    ['a dotless i', 'alıce', 'alice'],
    ['composition of accents', 'Lo\u0301pez', 'López'],
  ])('other %s → the same key', (_, a, b) => {
    expect(keyOf(a)).toBe(keyOf(b));
  });

  it.each([
    ['another letter', 'alice', 'alica'],
    ['an accent', 'lopez', 'lópez'],
    ['a digit that resembles', 'alice1', 'alicel'],
    ['another character', '小红', '小虹'],
  ])('%s → another key', (_, a, b) => {
    expect(keyOf(a)).not.toBe(keyOf(b));
  });

  it('any nickname, whose key is a nickname too → has the same key again', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', minLength: 2, maxLength: 32 }), (text) => {
        const parsed = parseNickname(text);
        fc.pre(parsed.ok);
        const key = parsed.ok ? nicknameKey(parsed.value) : '';
        const again = parseNickname(key);
        fc.pre(again.ok);
        expect(again.ok && nicknameKey(again.value)).toBe(key);
      }),
      { numRuns: 500 },
    );
  });
});

describe('parseEmail', () => {
  it.each([
    ['plain', 'alice@example.com', 'alice@example.com'],
    ['a domain in capitals', 'Alice@EXAMPLE.com', 'Alice@example.com'],
    ['a tag', 'alice+pay@mail.example.com.cn', 'alice+pay@mail.example.com.cn'],
    ['digits', '10001@qq.com', '10001@qq.com'],
    ['full width', 'ａｌｉｃｅ＠example.com', 'alice@example.com'],
    ['spaces around', ' alice@example.com ', 'alice@example.com'],
  ])('%s → accepted and tidied', (_, text, value) => {
    expect(parseEmail(text)).toEqual({ ok: true, value });
  });

  it.each([
    ['no at sign', 'alice.example.com'],
    ['two at signs', 'alice@b@example.com'],
    ['no local part', '@example.com'],
    ['no domain', 'alice@'],
    ['a domain without a dot', 'alice@localhost'],
    ['an address literal', 'alice@[127.0.0.1]'],
    ['an IP address', 'alice@127.0.0.1'],
    ['a dot at the end', 'alice.@example.com'],
    ['two dots', 'al..ice@example.com'],
    ['a header in it', 'alice@example.com\r\nBcc: bob@example.com'],
    ['a second recipient', 'alice@example.com,bob@example.com'],
    ['a display name', 'Alice <alice@example.com>'],
    ['a quoted local part', '"ali ce"@example.com'],
    ['a hyphen at the start of a label', 'alice@-example.com'],
    ['letters outside ASCII', 'alicé@example.com'],
    ['65 characters before the at sign', `${'a'.repeat(65)}@example.com`],
    ['255 characters', `${'a'.repeat(60)}@${'b.'.repeat(96)}cc`],
    ['nothing', ''],
  ])('%s → email_invalid', (_, text) => {
    expect(parseEmail(text)).toMatchObject({ ok: false, code: 'email_invalid' });
  });
});

describe('emailKey', () => {
  it('other case → the same key', () => {
    const [a, b] = [parseEmail('Alice@Example.com'), parseEmail('alice@example.com')];
    expect(a.ok && emailKey(a.value)).toBe('alice@example.com');
    expect(b.ok && emailKey(b.value)).toBe('alice@example.com');
  });

  it('another tag or dot → another key', () => {
    const keys = ['alice@example.com', 'alice+pay@example.com', 'al.ice@example.com'].map((text) => {
      const parsed = parseEmail(text);
      return parsed.ok ? emailKey(parsed.value) : null;
    });
    expect(new Set(keys).size).toBe(3);
  });
});
