import type { Instant } from './instant.ts';

/**
 * How much of a province system's feed has arrived. `through` is the last position before the first gap; what came
 * beyond a gap waits in `ahead`. Positions rise by one (CloudEvents `sequence`, as integers).
 */
export interface FeedProgress {
  readonly through: number | null;
  readonly ahead: readonly number[];
  readonly lastHeartbeatAt: Instant | null;
}

/** A feed of which nothing has arrived. */
export const emptyFeed: FeedProgress = { through: null, ahead: [], lastHeartbeatAt: null };

/** More positions beyond a gap than this are not remembered one by one: the oldest gap stays, which is what counts. */
const aheadAtMost = 1_000;

/** Takes in the positions and heartbeats of one call. Order and doubling don't matter. The first position ever seen is where counting starts. */
export function advanceFeed(
  feed: FeedProgress,
  { sequences, heartbeatAt }: { sequences: readonly number[]; heartbeatAt: Instant | null },
): FeedProgress {
  const waiting = [...new Set([...feed.ahead, ...sequences])].sort((a, b) => a - b);
  let through = feed.through ?? (waiting[0] === undefined ? null : waiting[0] - 1);
  const ahead: number[] = [];
  for (const position of waiting) {
    if (through !== null && position === through + 1) through = position;
    else if (through === null || position > through) ahead.push(position);
  }
  return {
    through,
    ahead: ahead.slice(-aheadAtMost),
    lastHeartbeatAt:
      heartbeatAt === null ? feed.lastHeartbeatAt : Math.max(heartbeatAt, feed.lastHeartbeatAt ?? 0),
  };
}

/** Whether everything up to the last position that arrived is there. */
export const isGapless = (feed: FeedProgress): boolean => feed.ahead.length === 0;
