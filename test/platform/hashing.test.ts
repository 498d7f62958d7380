import { createHmac } from 'node:crypto';
import { type PhoneNumber, parsePhoneNumber } from '../../domain/phone-number.ts';
import { createLogHasher, createNumberHasher } from '../../platform/hashing.ts';

const first = { current: 'n1', keys: { n1: Buffer.alloc(32, 1), n2: Buffer.alloc(32, 2) } };
const second = { ...first, current: 'n2' };

function phone(text: string): PhoneNumber {
  const parsed = parsePhoneNumber(text);
  if (!parsed.ok) {
    throw new Error(parsed.detail);
  }
  return parsed.value;
}

describe('createNumberHasher', () => {
  const hasher = createNumberHasher(first);

  it('a number → the documented form, so that another implementation finds the same', () => {
    const expected = createHmac('sha256', Buffer.alloc(32, 1)).update('+8613800138000').digest('base64url');
    expect(hasher.numberKeyOf(phone('+8613800138000'))).toBe(`n1_${expected}`);
  });

  it('two numbers, or two keys → different number keys', () => {
    const keys = [
      hasher.numberKeyOf(phone('+8613800138000')),
      hasher.numberKeyOf(phone('+8613800138001')),
      createNumberHasher(second).numberKeyOf(phone('+8613800138000')),
    ];
    expect(new Set(keys).size).toBe(3);
    expect(keys[2]).toMatch(/^n2_/);
  });

  it('the same value of two kinds, and as a number → unrelated indexes', () => {
    const values = [
      hasher.blindIndex('email', '+8613800138000'),
      hasher.blindIndex('nickname', '+8613800138000'),
      hasher.blindIndex('', '+8613800138000'),
      hasher.numberKeyOf(phone('+8613800138000')),
    ];
    expect(new Set(values).size).toBe(4);
    expect(hasher.blindIndex('email', '+8613800138000')).toBe(values[0]);
  });

  it('kind and value cut elsewhere → different indexes', () => {
    expect(hasher.blindIndex('a', 'bc')).not.toBe(hasher.blindIndex('ab', 'c'));
    expect(() => hasher.blindIndex('a\0b', 'c')).toThrow(TypeError);
  });
});

describe('createLogHasher', () => {
  it('a value → a short stable reference that is no part of its number key', () => {
    const ref = createLogHasher({ current: 'l1', keys: { l1: Buffer.alloc(32, 3) } }).logRef(
      '+8613800138000',
    );
    expect(ref).toMatch(/^l1_[\w-]{12}$/);
    expect(ref).toBe(
      createLogHasher({ current: 'l1', keys: { l1: Buffer.alloc(32, 3) } }).logRef('+8613800138000'),
    );
    const numberKey = createNumberHasher(first).numberKeyOf(phone('+8613800138000'));
    expect(numberKey).not.toContain(ref.slice(3));
  });
});
