import * as ids from '../../domain/ids.ts';

describe('ids', () => {
  it.each(Object.entries(ids))('%s of a string → that string', (_, cast) => {
    expect(cast('x1')).toBe('x1');
  });
});
