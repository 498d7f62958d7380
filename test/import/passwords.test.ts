import { hashPassword, parsePasswordHash, verifyPassword } from '../../platform/passwords.ts';

const salt = 'c29tZXNhbHRzb21lc2FsdA';
const tag = 'R6mBoYTsFb+OoTk6r2D2B5MQ+hiC+TSfFLE68JJsDbs';

describe('hashPassword', () => {
  it('a password → Argon2id at the cost of OWASP, which verifies it and no other', async () => {
    const hash = await hashPassword('correct horse');
    expect(hash).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
    expect(await verifyPassword(hash, 'correct horse')).toBe(true);
    expect(await verifyPassword(hash, 'correct horsf')).toBe(false);
  });

  it('accents typed as one character or as two → the same password', async () => {
    const hash = await hashPassword('caf\u00e9 au lait');
    expect(await verifyPassword(hash, 'cafe\u0301 au lait')).toBe(true);
  });
});

describe('parsePasswordHash', () => {
  it('a hash of ours → taken', async () => {
    const hash = await hashPassword('x');
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
