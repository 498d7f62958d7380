import type { PhoneNumber } from '../domain/phone-number.ts';

/** Made-up numbers and names, the same ones for the same seed. */
export interface Seeded {
  /** 32 random bits as 8 hexadecimal digits. */
  hex(): string;
  /** The next so many numbers of the embedded registry's `sichuan/mobile-5g`, none of them twice. */
  phones(count: number): PhoneNumber[];
}

/** +86138 and eight more digits. */
const numbersThere = 100_000_000;

/** Makes things up from a seed. */
export function seededBy(seed: number): Seeded {
  const next = mulberry32(seed);
  let last = next() % numbersThere;
  return {
    hex: () => next().toString(16).padStart(8, '0'),
    phones: (count) =>
      Array.from({ length: count }, () => {
        last = (last + 1) % numbersThere;
        return `+86138${String(last).padStart(8, '0')}` as PhoneNumber;
      }),
  };
}

/** Tommy Ettinger's mulberry32: small, and random enough for ids. Gives unsigned 32-bit integers. */
function mulberry32(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return (mixed ^ (mixed >>> 14)) >>> 0;
  };
}
