import { setImmediate } from 'node:timers/promises';
import {
  currentCorrelator,
  isCorrelator,
  newCorrelator,
  runWithCorrelator,
} from '../../platform/correlator.ts';

describe('isCorrelator', () => {
  it.each(['', 'a', 'b4333c46-49c0-4f62-80d7-f0ef930f1c46', 'A:;./<>{}_-9', 'x'.repeat(256)])(
    '%j → accepted',
    (text) => {
      expect(isCorrelator(text)).toBe(true);
    },
  );

  it.each(['x'.repeat(257), 'a b', 'a\n', '汉', 'a"', 'a,b', '+8613800138000', 'a@b'])(
    '%j → refused',
    (text) => {
      expect(isCorrelator(text)).toBe(false);
    },
  );
});

describe('newCorrelator', () => {
  it('two of them → both well-formed and different', () => {
    const [one, two] = [newCorrelator(), newCorrelator()];
    expect(isCorrelator(one)).toBe(true);
    expect(one).not.toBe(two);
  });
});

describe('runWithCorrelator', () => {
  it('two pieces of work at the same time → each sees its own, also after an await', async () => {
    const work = async () => {
      await setImmediate();
      return currentCorrelator();
    };
    const seen = await Promise.all([runWithCorrelator('one', work), runWithCorrelator('two', work), work()]);
    expect(seen).toEqual(['one', 'two', undefined]);
  });
});
