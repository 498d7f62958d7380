import type { NumberKey } from '../ids.ts';
import type { DurationMs, Instant } from '../instant.ts';

/** How long a cancelled number is kept from reissue (冻结), for one number. */
export interface Freeze {
  readonly numberKey: NumberKey;
  readonly length: DurationMs;
}

/** The share of the freeze that its end may be spread over. */
const jitterShare = 0.01;

/** FNV-1a over the text, as a fraction in [0, 1): cheap, well spread and the same in every process. */
function fractionOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index += 1) {
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193) >>> 0;
  }
  return hash / 2 ** 32;
}

/**
 * When the freeze of a number cancelled at `endedAt` is over. The length runs from the event's time; up to 1 % is added,
 * fixed for the number, so that the numbers cancelled in one batch don't all thaw in one second.
 */
export function freezeEndsAt(endedAt: Instant, { numberKey, length }: Freeze): Instant {
  return endedAt + length + Math.floor(length * jitterShare * fractionOf(`${numberKey}:${endedAt}`));
}
