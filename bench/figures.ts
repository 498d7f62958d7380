const ascending = (values: readonly number[]): number[] => [...values].sort((a, b) => a - b);

function at(values: readonly number[], index: number): number {
  const value = values[index];
  if (value === undefined) throw new RangeError('There are no figures of no values');
  return value;
}

/** The value that the share `q` (0 to 1) of the values doesn't exceed, by nearest rank. Throws a `RangeError` for none. */
export const quantile = (values: readonly number[], q: number): number =>
  at(ascending(values), Math.max(Math.ceil(q * values.length) - 1, 0));

/** The middle value, or the mean of the two in the middle. Throws a `RangeError` for none. */
export function median(values: readonly number[]): number {
  const sorted = ascending(values);
  return (at(sorted, (sorted.length - 1) >> 1) + at(sorted, sorted.length >> 1)) / 2;
}

/** A figure as people read it: three digits that count, and no more. */
export function shown(value: number): string {
  const whole = Math.abs(value) >= 100;
  return whole ? Math.round(value).toLocaleString('en') : String(Number(value.toPrecision(3)));
}

/** The median of a figure's rounds, with the least and the greatest: what one round says may be chance. */
export const spread = (values: readonly number[]): string =>
  `${shown(median(values))} (${shown(Math.min(...values))}–${shown(Math.max(...values))})`;

/** Round by round, how many times the second the first is. */
export const ratios = (of: readonly number[], to: readonly number[]): number[] =>
  of.map((value, round) => value / at(to, round));

/** Bytes as people read them. */
export const mebibytes = (bytes: number): string => `${shown(bytes / 2 ** 20)} MiB`;
