import fc from 'fast-check';
import { addFen, type Fen, MOST_FEN, NO_FEN, parseFen, subtractFen } from '../../domain/money.ts';

const amounts = fc.integer({ min: 0, max: MOST_FEN }).map((value) => value as Fen);

describe('parseFen', () => {
  it.each([0, 1, 12_345, MOST_FEN])('%d → that amount', (value) => {
    expect(parseFen(value)).toEqual({ ok: true, value });
  });

  it('minus zero → zero', () => {
    expect(parseFen(-0)).toEqual({ ok: true, value: NO_FEN });
  });

  it.each([0.1, -1, MOST_FEN + 1, Number.NaN, Number.POSITIVE_INFINITY])('%d → amount_invalid', (value) => {
    expect(parseFen(value)).toMatchObject({ ok: false, code: 'amount_invalid' });
  });
});

describe('addFen and subtractFen', () => {
  it('more added than there can be → amount_invalid', () => {
    expect(addFen(MOST_FEN as Fen, 1 as Fen)).toMatchObject({ ok: false, code: 'amount_invalid' });
  });

  it('more taken than there is → amount_invalid', () => {
    expect(subtractFen(99 as Fen, 100 as Fen)).toMatchObject({ ok: false, code: 'amount_invalid' });
  });

  it('an amount added and taken again → what was there, to the fen', () => {
    fc.assert(
      fc.property(amounts, amounts, (a, b) => {
        const sum = addFen(a, b);
        fc.pre(sum.ok);
        expect(sum.ok && subtractFen(sum.value, b)).toEqual({ ok: true, value: a });
      }),
    );
  });
});
