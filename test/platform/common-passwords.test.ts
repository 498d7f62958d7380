import { parsePassword } from '../../domain/password-policy.ts';
import { isCommonPassword } from '../../platform/common-passwords.ts';

describe('isCommonPassword', () => {
  it.each(['password', '123456789', '1qaz2wsx', 'qq123456', 'a123456789', 'woaini1314', '5201314'])(
    '%s, which is tried first → true',
    (text) => expect(isCommonPassword(text)).toBe(true),
  );

  it.each(['four quiet lanterns', 'k7#mq2vx', '', 'toString', '__proto__'])(
    '%s, which nobody leaked → false',
    (text) => expect(isCommonPassword(text)).toBe(false),
  );
});

describe('the policy with the whole list', () => {
  it.each([
    'password1',
    'P@ssw0rd1',
    'Qwerty123',
    'iloveyou!',
    'Admin888',
    'woaini520',
    '1q2w3e4r',
    '88888888',
  ])('%s → password_too_common', (text) =>
    expect(parsePassword(text, isCommonPassword)).toMatchObject({ code: 'password_too_common' }),
  );

  it.each([
    'Correct-Horse-9',
    'correct horse battery staple',
    '长风破浪会有时直挂云帆',
    'mV3-kranich-Teller',
    'lk-8Qzt-2vRm',
  ])('%s → accepted', (text) => expect(parsePassword(text, isCommonPassword)).toMatchObject({ ok: true }));

  it('a look-up → far cheaper than what a hash costs', () => {
    const startedAt = performance.now();
    for (let i = 0; i < 1_000; i += 1) parsePassword(`four quiet lanterns ${i}`, isCommonPassword);
    // A hash takes 20 ms and more; this is for 1,000 look-ups on a machine that others use too.
    expect(performance.now() - startedAt).toBeLessThan(1_000);
  });
});
