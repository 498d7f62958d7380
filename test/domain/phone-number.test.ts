import { parsePhoneNumber, phoneKind } from '../../domain/phone-number.ts';

describe('parsePhoneNumber', () => {
  it.each([
    ['+8613800138000', 'mobile'],
    ['+8613312345678', 'mobile'],
    ['+8615300000001', 'mobile'],
    ['+8618912345678', 'mobile'],
    ['+8619812345678', 'mobile'],
    ['+862812345678', 'fixed'],
    ['+862088888888', 'fixed'],
    ['+861088888888', 'fixed'],
    ['+8675512345678', 'fixed'],
  ])('%s → accepted as %s', (text, kind) => {
    const parsed = parsePhoneNumber(text);
    expect(parsed).toEqual({ ok: true, value: text });
    expect(parsed.ok && phoneKind(parsed.value)).toBe(kind);
  });

  it.each([
    ['spaces', '+86 138 0013 8000'],
    ['no plus', '8613800138000'],
    ['no country', '13800138000'],
    ['a trunk zero', '+8602812345678'],
    ['an extension', '+8613800138000;ext=5'],
    ['another country', '+14155552671'],
    ['Hong Kong', '+85251234567'],
    ['a digit too many', '+86138001380000'],
    ['a digit too few', '+861380013800'],
    ['a service number', '+864001234567'],
    ['a short code', '+8610086'],
    ['a range nobody assigned', '+8611912345678'],
    ['full-width digits', '+86１３８００１３８０００'],
    ['a line end', '+8613800138000\n'],
    ['nothing', ''],
  ])('%s → phone_invalid', (_, text) => {
    const parsed = parsePhoneNumber(text);
    expect(parsed).toMatchObject({ ok: false, code: 'phone_invalid' });
  });

  it('a refused text → is not repeated in the detail', () => {
    const parsed = parsePhoneNumber('138 0013 8000');
    expect(JSON.stringify(parsed)).not.toContain('0013');
  });
});
