import type { Email } from '../../domain/handle.ts';
import type { IdNumber } from '../../domain/id-number.ts';
import { maskEmail, maskIdNumber, maskName, maskPhone } from '../../domain/masking.ts';
import type { PersonName } from '../../domain/person-name.ts';
import type { PhoneNumber } from '../../domain/phone-number.ts';

describe('maskPhone', () => {
  it.each([
    ['a mobile number', '+8613800138000', '+86138****8000'],
    ['a fixed line with an area code of two digits', '+862812345678', '+8628****5678'],
    ['a fixed line with an area code of three digits', '+8675512345678', '+86755****5678'],
  ])('%s → its last four digits', (_, phone, masked) => {
    expect(maskPhone(phone as PhoneNumber)).toBe(masked);
  });
});

describe('maskEmail', () => {
  it.each([
    ['alice@example.com', 'a***@example.com'],
    ['al@example.com', 'a***@example.com'],
    ['a@example.com', '***@example.com'],
  ])('%s → %s', (email, masked) => {
    expect(maskEmail(email as Email)).toBe(masked);
  });
});

describe('maskName', () => {
  it.each([
    ['张三', '张*'],
    ['欧阳娜娜', '欧*'],
    ['阿卜杜拉·买买提', '阿*'],
    ['𬱖三', '𬱖*'],
    ['Maria López', 'M*'],
  ])('%s → %s', (name, masked) => {
    expect(maskName(name as PersonName)).toBe(masked);
  });
});

describe('maskIdNumber', () => {
  it('an ID number → prefecture and last four', () => {
    expect(maskIdNumber('510104199001011234' as IdNumber)).toBe('5101**********1234');
  });
});
