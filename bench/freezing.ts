import type { NumberKey } from '../domain/ids.ts';
import type { Bed } from './bed.ts';
import { openCallers } from './callers.ts';
import { carrierCalls } from './carrier-calls.ts';
import { holdNumbers, untilSuspended } from './held-numbers.ts';
import type { Seeded } from './seeded.ts';

/** The most events of one call. */
const batchSize = 1_000;

/** Makes numbers that are held, then cancelled by their carrier, until the last of their lives sleeps. Gives their keys. */
export async function freezeNumbers(
  bed: Bed,
  { seeded, count }: { seeded: Seeded; count: number },
): Promise<NumberKey[]> {
  const calls = carrierCalls({ secret: bed.feed.secret, seeded });
  const callers = openCallers(1);
  const frozen: NumberKey[] = [];
  try {
    while (frozen.length < count) {
      const phones = seeded.phones(Math.min(batchSize, count - frozen.length));
      const numberKeys = await holdNumbers(bed, phones);
      await callers.make(bed.feed.url, [calls.batch(phones)]);
      await untilSuspended(bed.store, numberKeys);
      frozen.push(...numberKeys);
    }
  } finally {
    callers.close();
  }
  return frozen;
}
