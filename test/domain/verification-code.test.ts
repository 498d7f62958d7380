import { codeMessage, verificationPurposes } from '../../domain/verification-code.ts';

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
