import fc from 'fast-check';
import { wavesOf } from '../../activities/import/waves.ts';

const someItems = fc
  .array(fc.uniqueArray(fc.constantFrom('a', 'b', 'c', 'd', 'e'), { maxLength: 3 }), { maxLength: 20 })
  .map((items) => items.map((keys, index) => ({ keys, index })));

const share = (a: { keys: string[] }, b: { keys: string[] }) => a.keys.some((key) => b.keys.includes(key));

describe('wavesOf', () => {
  it('any items → each in one wave, none beside another with its key, and none before an earlier one with its key', () => {
    fc.assert(
      fc.property(someItems, (items) => {
        const waves = wavesOf({ items, keysOf: ({ keys }) => keys });
        const placed = waves.flatMap((wave, at) => wave.map((item) => ({ ...item, at })));
        expect(placed.map(({ index }) => index).sort((a, b) => a - b)).toEqual(
          items.map(({ index }) => index),
        );
        for (const one of placed) {
          for (const other of placed) {
            if (one.index < other.index && share(one, other)) expect(one.at).toBeLessThan(other.at);
          }
        }
      }),
    );
  });

  it('items without a key in common → one wave', () => {
    const items = [1, 2, 3];
    expect(wavesOf({ items, keysOf: (item) => [String(item)] })).toEqual([items]);
  });
});
