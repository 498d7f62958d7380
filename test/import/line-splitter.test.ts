import fc from 'fast-check';
import { LineSplitter } from '../../api/imports/line-splitter.ts';

/** The lines of a text that comes in pieces of these lengths. */
function split(text: Buffer, lengths: readonly number[], longest: number) {
  const splitter = new LineSplitter(longest);
  const lines = [];
  let from = 0;
  for (const length of lengths) {
    lines.push(...splitter.push(text.subarray(from, from + length)));
    from += length;
  }
  return [...lines, ...splitter.push(text.subarray(from)), ...splitter.end()];
}

describe('LineSplitter', () => {
  it('whatever the pieces are → the same lines, and null for those that are too long', () => {
    const content = fc
      .array(fc.string({ unit: fc.constantFrom('a', '号', '\r'), maxLength: 12 }))
      .map((lines) => lines.join('\n'));
    fc.assert(
      fc.property(content, fc.array(fc.nat(7)), fc.integer({ min: 1, max: 20 }), (text, lengths, longest) => {
        const whole = text.split('\n');
        const wanted = (whole.at(-1) === '' ? whole.slice(0, -1) : whole).map((each, index) => ({
          line: index + 1,
          text: Buffer.byteLength(each) > longest ? null : each,
        }));
        const given = split(Buffer.from(text), lengths, longest);
        expect(given.map(({ line, bytes }) => ({ line, text: bytes?.toString('utf8') ?? null }))).toEqual(
          wanted,
        );
      }),
    );
  });

  it('a line of many pieces, far too long → nothing of it is kept, and the next one comes whole', () => {
    const splitter = new LineSplitter(4);
    for (let piece = 0; piece < 1_000; piece += 1)
      expect([...splitter.push(Buffer.alloc(1_000, 'x'))]).toEqual([]);
    expect([...splitter.push(Buffer.from('\nabcd\n'))]).toEqual([
      { line: 1, bytes: null },
      { line: 2, bytes: Buffer.from('abcd') },
    ]);
  });
});
