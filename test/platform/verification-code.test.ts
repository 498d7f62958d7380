import { asVerificationId } from '../../domain/ids.ts';
import { codeHashOf, drawCode } from '../../platform/verification-code.ts';
import { testHasher } from '../store/open-store.ts';

describe('drawCode', () => {
  it('many codes → all of six digits, each digit as often as any other at each place', () => {
    const codes = Array.from({ length: 20_000 }, drawCode);
    expect(codes.filter((code) => !/^\d{6}$/.test(code))).toEqual([]);
    for (let place = 0; place < 6; place += 1) {
      for (const digit of '0123456789') {
        // 2,000 are expected; six standard deviations (42 each) are exceeded once in 10^9 runs.
        const seen = codes.filter((code) => code[place] === digit).length;
        expect(Math.abs(seen - 2_000)).toBeLessThan(6 * 42.5);
      }
    }
  });
});

describe('codeHashOf', () => {
  const id = asVerificationId('one');

  it('the same code of the same verification → the same hash', () => {
    const code = { verificationId: id, code: '123456' };
    expect(codeHashOf(testHasher, code)).toBe(codeHashOf(testHasher, { ...code }));
  });

  it('another code, or another verification → another hash, and none shows the code', () => {
    const hashes = [
      codeHashOf(testHasher, { verificationId: id, code: '123456' }),
      codeHashOf(testHasher, { verificationId: id, code: '123457' }),
      codeHashOf(testHasher, { verificationId: asVerificationId('two'), code: '123456' }),
    ];
    expect(new Set(hashes).size).toBe(3);
    expect(hashes.join()).not.toContain('123456');
  });
});
