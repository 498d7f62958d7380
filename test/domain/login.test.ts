import { isNameOf, type LoginName, namesToAskFor, readLoginName } from '../../domain/login.ts';

const handle = (text: string): Extract<LoginName, { key: string }> => {
  const name = readLoginName(text);
  if (name === null || name.by === 'phone') throw new Error('no handle');
  return name;
};
const nobody = { nickname: null, email: null, emailVerified: false };

describe('readLoginName', () => {
  it.each([
    ['+8613800138000', 'phone'],
    [' +8613800138000 ', 'phone'],
    ['xiaoli@example.com', 'email'],
    ['xiaoli＠example.com', 'email'],
    ['小李', 'nickname'],
    ['xiao li', 'nickname'],
  ])('%j → by %s', (text, by) => {
    expect(readLoginName(text)).toMatchObject({ by });
  });

  it.each([
    '',
    ' ',
    'x',
    '13800138000',
    '+861380013800',
    '+12025550123',
    'no@domain',
    '@',
    'a\u0000b',
    'x'.repeat(300),
  ])('%j → nobody can be called so', (text) => {
    expect(readLoginName(text)).toBeNull();
  });

  it.each([
    ['XiaoLi@Example.com', 'xiaoli@example.com'],
    ['Xiao Li', 'xiaoli'],
    ['ｘｉａｏｌｉ', 'xiaoli'],
  ])('%j and %j → the same key', (one, other) => {
    expect(readLoginName(one)).toEqual(readLoginName(other));
  });
});

describe('isNameOf', () => {
  const user = { nickname: '小李', email: 'xiaoli@example.com', emailVerified: true };
  it.each([
    ['the nickname', '小李', user, true],
    ['another nickname', '小王', user, false],
    ['the verified e-mail', 'XIAOLI@example.com', user, true],
    ['the e-mail while it is not verified', 'xiaoli@example.com', { ...user, emailVerified: false }, false],
    ['another e-mail', 'xiaowang@example.com', user, false],
    ['a nickname of somebody without one', '小李', nobody, false],
    ['an e-mail of somebody without one', 'xiaoli@example.com', nobody, false],
  ])('%s → is it, or not', (_, text, of, expected) => {
    expect(isNameOf(handle(text), of)).toBe(expected);
  });
});

describe('namesToAskFor', () => {
  it.each([
    ['neither, phone current', nobody, true, ['nickname', 'email']],
    ['an e-mail that is not verified', { ...nobody, email: 'a@example.com' }, true, ['nickname', 'email']],
    ['a nickname', { ...nobody, nickname: '小李' }, true, []],
    ['a verified e-mail', { ...nobody, email: 'a@example.com', emailVerified: true }, true, []],
    ['neither, phone not current', nobody, false, []],
  ])('%s → asked for both, or nothing', (_, user, isCurrent, expected) => {
    expect(namesToAskFor(user, { isCurrent })).toEqual(expected);
  });
});
