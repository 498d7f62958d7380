import { createPasswords, defaultCost, parsePasswordHash, verifyPassword } from '../../platform/passwords.ts';
import { testPasswords } from '../store/open-store.ts';

const salt = 'c29tZXNhbHRzb21lc2FsdA';
const tag = 'R6mBoYTsFb+OoTk6r2D2B5MQ+hiC+TSfFLE68JJsDbs';

describe('hash and verify', () => {
  it('a password → Argon2id at the cost of OWASP, which verifies it and no other', async () => {
    const passwords = createPasswords(defaultCost);
    const hash = await passwords.hash('correct horse');
    expect(hash).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
    expect(await passwords.verify(hash, 'correct horse')).toBe(true);
    expect(await passwords.verify(hash, 'correct horsf')).toBe(false);
  });

  it('accents typed as one character or as two → the same password', async () => {
    const hash = await testPasswords.hash('caf\u00e9 au lait');
    expect(await verifyPassword(hash, 'cafe\u0301 au lait')).toBe(true);
  });

  it('the hash of another cost → verified all the same', async () => {
    const hash = await createPasswords({ memoryKiB: 64, passes: 3, lanes: 2 }).hash('correct horse');
    expect(await testPasswords.verify(hash, 'correct horse')).toBe(true);
  });

  it('no hash → false, after as much work as with one', async () => {
    const passwords = createPasswords({ memoryKiB: 32_768, passes: 4, lanes: 1 });
    const hash = await passwords.hash('x');
    await passwords.verify(null, 'x');
    const took = async (work: Promise<boolean>): Promise<number> => {
      const startedAt = performance.now();
      expect(await work).toBe(false);
      return performance.now() - startedAt;
    };
    const withHash = await took(passwords.verify(hash, 'y'));
    const without = await took(passwords.verify(null, 'y'));
    expect(without).toBeGreaterThan(withHash / 4);
  });
});

describe('needsRehash', () => {
  const { needsRehash } = createPasswords({ memoryKiB: 19_456, passes: 2, lanes: 1 });
  const made = (variant: string, costs: string) => `$${variant}$v=19$${costs}$${salt}$${tag}`;

  it.each([
    ['today', 'm=19456,t=2,p=1'],
    ['more memory', 'm=65536,t=2,p=1'],
    ['more memory and fewer passes, as much together', 'm=47104,t=1,p=1'],
    ['other lanes', 'm=19456,t=2,p=4'],
  ])('%s → false', (_, costs) => {
    expect(needsRehash(made('argon2id', costs))).toBe(false);
  });

  it.each([
    ['less memory', made('argon2id', 'm=12288,t=2,p=1')],
    ['fewer passes', made('argon2id', 'm=19456,t=1,p=1')],
    ['another variant', made('argon2i', 'm=65536,t=3,p=4')],
    ['no hash of ours at all', 'x'],
  ])('%s → true', (_, hash) => {
    expect(needsRehash(hash)).toBe(true);
  });
});

describe('parsePasswordHash', () => {
  it('a hash of ours → taken', async () => {
    const hash = await testPasswords.hash('x');
    expect(parsePasswordHash(hash)).toEqual({ ok: true, value: hash });
  });

  it.each([
    ['Argon2i of before version 19', `$argon2i$m=65536,t=3,p=4$${salt}$${tag}`],
    ['a quarter GiB', `$argon2id$v=19$m=262144,t=3,p=4$${salt}$${tag}`],
  ])('%s → taken', (_, hash) => {
    expect(parsePasswordHash(hash)).toEqual({ ok: true, value: hash });
  });

  it.each([
    ['bcrypt', '$2b$10$N9qo8uLOickgx2ZMRZoMyeIjZAgcfl7p92ldGxad68LJZdL17lhWy'],
    ['a plain text', 'correct horse'],
    ['no tag', `$argon2id$v=19$m=19456,t=2,p=1$${salt}`],
    ['one GiB', `$argon2id$v=19$m=1048576,t=2,p=1$${salt}$${tag}`],
    ['a hundred passes', `$argon2id$v=19$m=19456,t=100,p=1$${salt}$${tag}`],
    ['sixty-four lanes', `$argon2id$v=19$m=19456,t=2,p=64$${salt}$${tag}`],
    ['a salt of four bytes', `$argon2id$v=19$m=19456,t=2,p=1$c2FsdA$${tag}`],
    ['a tag of eight bytes', `$argon2id$v=19$m=19456,t=2,p=1$${salt}$AAAAAAAAAAA`],
    ['ten thousand characters', `$argon2id$v=19$m=19456,t=2,p=1$${salt}$${'A'.repeat(10_000)}`],
  ])('%s → refused without repeating it', (_, hash) => {
    const parsed = parsePasswordHash(hash);
    expect(parsed).toMatchObject({ ok: false, code: 'password_hash_unsupported' });
    expect(parsed.ok ? '' : parsed.detail).not.toContain(hash.slice(-8));
  });
});
