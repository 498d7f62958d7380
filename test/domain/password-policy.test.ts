import { type IsCommon, type Password, parsePassword, resemblesOwn } from '../../domain/password-policy.ts';

const isCommon: IsCommon = (text) => ['password', 'qwertyuiop', 'hunter2', 'dragon'].includes(text);
const parse = (text: string) => parsePassword(text, isCommon);

describe('parsePassword', () => {
  it.each([
    ['8 characters', 'k7#mq2vx'],
    ['128 characters', `${'lantern-'.repeat(15)}harbours`],
    ['spaces', 'four quiet lanterns'],
    ['spaces at its ends, which count', ' x9vk2m '],
    ['Chinese', '春眠不觉晓处处闻啼鸟'],
    ['8 characters outside the first plane', '𬱖𠮷𡈽𢌱𣑯𤭯𥆩𦥑'],
    ['a common word among others', 'my password is a lantern'],
    ['a common word and more than four characters', 'dragon-83417'],
    ['digits that are no birthday', '83920174'],
    ['eight digits with a 13th month', '19901301'],
  ])('%s → accepted as it is', (_, text) => {
    expect(parse(text)).toEqual({ ok: true, value: text });
  });

  it('accents typed in another way → composed', () => {
    expect(parse('cafe\u0301-lantern')).toEqual({ ok: true, value: 'caf\u00e9-lantern' });
  });

  it.each([
    ['nothing', ''],
    ['7 characters', 'k7#mq2v'],
    ['7 characters of Chinese', '春眠不觉晓处处'],
    ['7 characters that are 14 of UTF-16', '𬱖𠮷𡈽𢌱𣑯𤭯𥆩'],
    ['8 that compose to 7', 'k7#mqve\u0301'],
  ])('%s → password_too_short', (_, text) => {
    expect(parse(text)).toMatchObject({ ok: false, code: 'password_too_short' });
  });

  it.each([
    ['129 characters', `${'lantern-'.repeat(16)}x`],
    ['1,000 characters', 'lantern-'.repeat(125)],
  ])('%s → password_too_long', (_, text) => {
    expect(parse(text)).toMatchObject({ ok: false, code: 'password_too_long' });
  });

  it.each([
    ['on the list', 'password'],
    ['in another case', 'PassWord'],
    ['in full width', 'ｐａｓｓｗｏｒｄ'],
    ['with digits for letters', 'P4ssw0rd'],
    ['with signs for letters', 'p@$$word'],
    ['with a year', 'dragon2024'],
    ['with digits before and signs after', '12dragon!!'],
    ['with digits for letters and a tail', 'Dr4gon99'],
    ['with spaces', 'pass word'],
    ['twice', 'hunter2hunter2'],
    ['one character', 'aaaaaaaa'],
    ['one character of Chinese', '爱爱爱爱爱爱爱爱'],
    ['a short piece again and again', 'abc1abc1abc'],
    ['a run', 'abcdefghij'],
    ['a run of digits', '1234567890123'],
    ['a run backwards', '87654321'],
    ['a birthday', '19900131'],
  ])('common: %s → password_too_common', (_, text) => {
    expect(parse(text)).toMatchObject({ ok: false, code: 'password_too_common' });
  });

  it('whatever is refused → the text is not repeated', () => {
    for (const text of ['k7#mq2v', 'Dr4gon99', 'lantern-'.repeat(125)]) {
      const parsed = parse(text);
      expect(parsed.ok ? '' : parsed.detail).not.toContain(text.slice(0, 6));
    }
  });
});

describe('resemblesOwn', () => {
  const own = ['+8613800138000', 'Xiao Lantern', 'lan.zhang@example.com', '红'];
  it.each([
    ['the phone', '13800138000'],
    ['the phone in E.164', '+8613800138000'],
    ['the phone backwards', '00083100831'],
    ['the phone and a little', 'ab13800138000!'],
    ['the nickname in another case and width', 'xiaolanｔｅｒｎ'],
    ['the nickname and a year', 'XiaoLantern2024'],
    ['the e-mail', 'lan.zhang@example.com'],
    ['what stands before the @', 'Lan.Zhang1'],
    ['twice', 'lan.zhanglan.zhang'],
  ])('%s → true', (_, password) => {
    expect(resemblesOwn(password as Password, own)).toBe(true);
  });

  it.each([
    ['something else', 'four quiet lanterns'],
    ['the nickname among much more', 'xiaolantern walks home'],
    ['a nickname of one character', '红红红红红红红红'],
  ])('%s → false', (_, password) => {
    expect(resemblesOwn(password as Password, own)).toBe(false);
  });
});
