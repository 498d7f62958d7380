import type { ReleaseCause } from '../claim.ts';
import type { DurationMs, Instant } from '../instant.ts';
import type { NumberEvent } from './event.ts';

/**
 * For how long a code gate trusts what it knew last: a carrier's answer (10 minutes, unless a province says otherwise),
 * or a feed with a heartbeat younger than this.
 */
const gateTrustsFor: DurationMs = 15 * 60_000;

/**
 * Since when a code of the number may have been somebody else's, where a claim ended so: since the new tenancy began, as
 * far as the carrier told; where its answer alone showed that there is one, since the last that a gate can have
 * trusted an older answer. Null where nobody but the claim's holder ever held the number as far as is known.
 */
export function nextHolderSince(
  { cause, releasedAt }: { readonly cause: ReleaseCause; readonly releasedAt: Instant },
  events: readonly NumberEvent[],
): Instant | null {
  switch (cause.kind) {
    case 'reissued':
    case 'transferred': {
      const event = events.find(({ key }) => key === cause.eventKey);
      if (!event) return null;
      return event.joined?.precision === 'second' ? Math.min(event.joined.at, event.at) : event.at;
    }
    case 'recycled':
      return releasedAt - gateTrustsFor;
    case 'cancelled':
    case 'freeze-ended':
    case 'left':
      return null;
  }
}
