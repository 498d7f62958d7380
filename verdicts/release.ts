import type { Claim } from '../domain/claim.ts';
import type { NumberKey } from '../domain/ids.ts';
import type { Instant } from '../domain/instant.ts';
import type { Store } from '../store/store.ts';
import type { Judged } from './judge.ts';
import type { WakeNumber } from './ports.ts';

/** How long a number's workflow has to release the claim before the sweep takes it for lost. */
const lostAfter = 60_000;

/**
 * Whether a verdict begins a release: the carrier showed that the number went to somebody else. What events tell of, the
 * number's life knows already; and nothing is ever released on a verdict that is undecided.
 */
export const findsRecycled = ({ verdict: { verdict, rule } }: Judged): boolean =>
  verdict === 'recycled' && rule !== 'events-recycled';

/**
 * Has a claim released whose number a carrier's answer shows to be somebody else's: the number's life does it, with the
 * same effects as by an event. Does nothing where the claim has changed since it was judged. Where the workflow server is
 * away, the sweep sees to it.
 */
export async function startRelease(
  { store, wakeNumber }: { store: Pick<Store, 'claims' | 'numbers'>; wakeNumber: WakeNumber },
  {
    numberKey,
    claim,
    verdictId,
    at,
    correlator,
  }: { numberKey: NumberKey; claim: Claim; verdictId: string; at: Instant; correlator: string },
): Promise<void> {
  // Before the finding, so that a crash right after it leaves a number that the sweep comes to.
  await store.numbers.attendBy([numberKey], at + lostAfter);
  const { claimId, stateSince: since } = claim;
  const noted = await store.claims.noteRecycled({ numberKey, claimId, since, found: { at, verdictId } });
  if (!noted) return;
  try {
    await wakeNumber({ numberKey, correlator });
  } catch {
    // It is found by the time noted above.
  }
}
