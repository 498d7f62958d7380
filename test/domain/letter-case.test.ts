import { foldCase } from '../../domain/letter-case.ts';

describe('foldCase', () => {
  it.each([
    ['Straße', 'STRASSE'],
    ['ẞ', 'ß'],
    ['LÓPEZ', 'lópez'],
    ['ΣΊΣΥΦΟΣ', 'σίσυφος'],
  ])('%s and %s → the same', (a, b) => {
    expect(foldCase(a)).toBe(foldCase(b));
  });

  it('every character there is, folded twice → as folded once', () => {
    const unstable = Array.from({ length: 0x110000 }, (_, code) =>
      String.fromCodePoint(code).normalize('NFKC'),
    ).filter((character) => foldCase(foldCase(character)) !== foldCase(character));
    expect(unstable).toEqual([]);
  });
});
