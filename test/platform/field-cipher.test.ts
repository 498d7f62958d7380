import { createFieldCipher, SealError, type SealFault } from '../../platform/field-cipher.ts';

const old = { current: 'f1', keys: { f1: Buffer.alloc(32, 1) } };
const rotated = { current: 'f2', keys: { ...old.keys, f2: Buffer.alloc(32, 2) } };

function faultOf(action: () => unknown): SealFault | undefined {
  try {
    action();
  } catch (error) {
    return error instanceof SealError ? error.fault : undefined;
  }
  return undefined;
}

describe('createFieldCipher', () => {
  const cipher = createFieldCipher(old);

  it.each(['', 'a', '张伟', '王小明@例子.中国', 'x'.repeat(10_000)])('text %# → opens as it was', (plain) => {
    expect(cipher.decrypt(cipher.encrypt(plain, 'user.name'), 'user.name')).toBe(plain);
  });

  it('the same text twice → two different values of the documented form', () => {
    const sealed = cipher.encrypt('张伟', 'user.name');
    expect(sealed).toMatch(/^v1\.f1\.[\w-]+$/);
    expect(cipher.encrypt('张伟', 'user.name')).not.toBe(sealed);
  });

  it('a rotated ring → opens old values and seals with the new key', () => {
    const sealed = cipher.encrypt('张伟', 'user.name');
    const newer = createFieldCipher(rotated);
    expect(newer.decrypt(sealed, 'user.name')).toBe('张伟');
    expect(newer.encrypt('张伟', 'user.name')).toMatch(/^v1\.f2\./);
  });

  it('a key that left the ring → unknown-key', () => {
    const sealed = createFieldCipher(rotated).encrypt('张伟', 'user.name');
    expect(faultOf(() => cipher.decrypt(sealed, 'user.name'))).toBe('unknown-key');
  });

  it('another field → not-authentic', () => {
    const sealed = cipher.encrypt('张伟', 'user.name');
    expect(faultOf(() => cipher.decrypt(sealed, 'user.nickname'))).toBe('not-authentic');
  });

  it('any byte changed → not-authentic, without the value in the message', () => {
    const body = Buffer.from(cipher.encrypt('张伟', 'user.name').split('.')[2] ?? '', 'base64url');
    for (let place = 0; place < body.length; place += 1) {
      const changed = Buffer.from(body);
      changed[place] = (changed[place] ?? 0) ^ 1;
      const sealed = `v1.f1.${changed.toString('base64url')}`;
      expect(faultOf(() => cipher.decrypt(sealed, 'user.name'))).toBe('not-authentic');
      expect(() => cipher.decrypt(sealed, 'user.name')).not.toThrow(sealed);
    }
  });

  it.each(['', 'plain text', 'v1.f1', 'v1.f1.', 'v1.f1.AAAA', 'v2.f1.AAAA', 'v1.f1.AAAA.AAAA'])(
    'malformed %j → malformed',
    (sealed) => {
      expect(faultOf(() => cipher.decrypt(sealed, 'user.name'))).toBe('malformed');
    },
  );

  it('a ring without its current key → refused at once', () => {
    expect(() => createFieldCipher({ current: 'f3', keys: old.keys })).toThrow('current key');
  });
});
