import { asEmailTokenId } from '../../domain/ids.ts';
import { emailTokenOf, newEmailTokenId, readEmailToken } from '../../platform/email-token.ts';
import { createNumberHasher } from '../../platform/hashing.ts';
import { testHasher, testRing } from '../store/open-store.ts';

describe('an e-mail token', () => {
  const tokenId = newEmailTokenId();
  const token = emailTokenOf(testHasher, { kind: 'reset', tokenId });

  it('of an id → 43 characters of base64url, the same each time, from which the id is read', () => {
    expect(token).toMatch(/^[A-Za-z0-9_-]{43}$/);
    expect(emailTokenOf(testHasher, { kind: 'reset', tokenId })).toBe(token);
    expect(readEmailToken(testHasher, { kind: 'reset', token })).toBe(tokenId);
  });

  it('of another kind → none', () => {
    expect(readEmailToken(testHasher, { kind: 'verification', token })).toBeNull();
  });

  it('made with another key → none', () => {
    const foreign = emailTokenOf(createNumberHasher(testRing('n2')), { kind: 'reset', tokenId });
    expect(readEmailToken(testHasher, { kind: 'reset', token: foreign })).toBeNull();
  });

  it.each([
    ['nothing', ''],
    ['an id alone', tokenId],
    ['one character changed in the id', `${token.startsWith('A') ? 'B' : 'A'}${token.slice(1)}`],
    [
      'one character changed in the proof',
      `${token.slice(0, 30)}${token[30] === 'A' ? 'B' : 'A'}${token.slice(31)}`,
    ],
    ['a character too many', `${token}A`],
    ['other characters', '='.repeat(43)],
    ['43 times nothing', 'A'.repeat(43)],
  ])('%s → none', (_, text) => {
    expect(readEmailToken(testHasher, { kind: 'reset', token: text })).toBeNull();
  });

  it('two → two ids', () => {
    expect(newEmailTokenId()).not.toBe(newEmailTokenId());
    expect(asEmailTokenId(tokenId)).toHaveLength(22);
  });
});
