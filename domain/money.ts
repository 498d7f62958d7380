import { accepted, type Parsed, refused } from './parsed.ts';

declare const brand: unique symbol;

/** An amount of money: whole fen (分, a hundredth of a yuan), not negative, at most `MOST_FEN`. */
export type Fen = number & { readonly [brand]: 'Fen' };

/**
 * A hundred billion yuan: more than any account holds, and so far below 2^53 that sums of amounts stay exact.
 */
export const MOST_FEN = 10_000_000_000_000;

/** No money. */
export const NO_FEN = 0 as Fen;

/** Takes a number for an amount. Refused (`amount_invalid`): fractions, negative and unbounded ones. */
export function parseFen(value: number): Parsed<Fen> {
  if (!Number.isInteger(value) || value < 0 || value > MOST_FEN) {
    return refused('amount_invalid', `An amount is a whole number of fen from 0 to ${MOST_FEN}`);
  }
  // -0 would be written and compared as another value than 0.
  return accepted((value === 0 ? 0 : value) as Fen);
}

/** The sum. Refused (`amount_invalid`) where it is more than `MOST_FEN`. */
export function addFen(a: Fen, b: Fen): Parsed<Fen> {
  return parseFen(a + b);
}

/** What is left of `a` without `b`. Refused (`amount_invalid`) where `b` is more than `a`. */
export function subtractFen(a: Fen, b: Fen): Parsed<Fen> {
  return parseFen(a - b);
}
