import { codeMessage, isVerificationCode, verificationPurposes } from '../../domain/verification-code.ts';

describe('isVerificationCode', () => {
  it.each(['000000', '123456', '999999'])('%s → a code', (text) => {
    expect(isVerificationCode(text)).toBe(true);
  });

  it.each(['', '12345', '1234567', ' 123456', '123456\n', '12345a', '１２３４５６', '+12345', '1e5000'])(
    '%j → none',
    (text) => {
      expect(isVerificationCode(text)).toBe(false);
    },
  );
});

describe('codeMessage', () => {
  it.each(verificationPurposes)(
    'for %s → the code is the only group of six digits, in both languages',
    (purpose) => {
      const text = codeMessage({ code: '004211', purpose });
      expect(text.match(/\d{6}/g)).toEqual(['004211']);
      expect(text.match(/\d{4,}/g)).toEqual(['004211']);
      expect(text).toMatch(/验证码.*code/);
    },
  );

  it('each purpose → a text of its own', () => {
    const texts = verificationPurposes.map((purpose) => codeMessage({ code: '004211', purpose }));
    expect(new Set(texts).size).toBe(verificationPurposes.length);
  });
});
