import { proxyLocalActivities } from '@temporalio/workflow';
import type { createCarrierEventActivities } from '../../activities/carrier-events/record.ts';
import type { CarrierEventsInput } from './contract.ts';

const { recordEvents, wakeNumbers, noteFeed } = proxyLocalActivities<
  ReturnType<typeof createCarrierEventActivities>
>({
  // A chunk takes half a second on the embedded store. What was acknowledged is never given up: no limit on retries.
  startToCloseTimeout: '20 s',
  retry: { initialInterval: '200 ms', backoffCoefficient: 2, maximumInterval: '10 s' },
});

/** As many events as one step takes on: a step stays under a second, and its memory small. */
const chunkSize = 100;

/**
 * Takes in one signed call of a province system, after it was acknowledged: the events go to the histories of their
 * numbers, then the numbers with a claim look at what changed. The feed is noted last: it says what has been recorded.
 */
export async function takeInCarrierEvents(call: CarrierEventsInput): Promise<void> {
  const { events, heartbeats, ...about } = call;
  for (let from = 0; from < events.length; from += chunkSize) {
    const chunk = events.slice(from, from + chunkSize);
    const { toWake } = await recordEvents({ ...about, events: chunk, now: Date.now() });
    if (toWake.length > 0) await wakeNumbers({ numberKeys: toWake, correlator: call.correlator });
  }
  const sequences = events.flatMap(({ sequence }) => sequence ?? []);
  if (sequences.length > 0 || heartbeats.length > 0) {
    await noteFeed({ province: call.province, system: call.system, sequences, heartbeats });
  }
}
