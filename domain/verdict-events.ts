import type { Claim } from './claim.ts';
import { type Day, daySpan, type Instant } from './instant.ts';
import type { Fate } from './number/fate.ts';
import type { EventsSay } from './verdict-question.ts';

/**
 * What a verdict may take from the fate of a claim by its events. That no end was reported says something only where
 * reports are complete since the claim: its province was tracked then, and its feeds vouch for the time up to now.
 */
export function eventsSay({
  fate,
  claim,
  province,
  feedsVouch,
  now,
}: {
  fate: Fate;
  claim: Pick<Claim, 'anchoredAt'>;
  province: { readonly trackedSince: Day; readonly timeZone: string };
  feedsVouch: boolean;
  now: Instant;
}): EventsSay {
  switch (fate.kind) {
    case 'frozen':
      return { kind: 'ended-frozen', at: fate.since, eventKey: fate.eventKey };
    case 'recycled':
      return { kind: 'ended-recycled', at: fate.at, eventKey: fate.eventKey };
    case 'held': {
      const tracked = daySpan(province.trackedSince, province.timeZone).from <= claim.anchoredAt;
      return feedsVouch && tracked ? { kind: 'continues', at: now } : { kind: 'nothing' };
    }
  }
}
