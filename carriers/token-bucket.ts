import type { DurationMs } from '../domain/instant.ts';
import type { RateLimit } from './province.ts';

/** What came of asking for a turn: one in `waitMs`, or none, and when to ask again. */
type Turn = { granted: true; waitMs: DurationMs } | { granted: false; retryAfterMs: DurationMs };

/** A hard rate limit: in no stretch of t seconds it grants more than burst + perSecond × t turns. */
export type TokenBucket = {
  /** Takes the next turn if it comes within `patience`; else takes none. */
  take(patience: DurationMs): Turn;
  /** Grants no turn until this much time has passed, because the other side asked for it. */
  pause(length: DurationMs): void;
};

/**
 * A token bucket, kept as the one instant at which it will be full again (GCRA, ITU-T I.371). Libraries of the trade
 * count in fixed windows, which let twice the limit through around the end of a window; a carrier's limit is hard.
 */
export function createTokenBucket({ perSecond, burst }: RateLimit): TokenBucket {
  const interval: DurationMs = 1_000 / perSecond;
  let fullAt = 0;
  let pausedUntil = 0;
  return {
    take: (patience) => {
      // A clock that is never set back: otherwise a correction of the time of day would stop the calls.
      const now = performance.now();
      const turnAt = Math.max(now, pausedUntil, fullAt - (burst - 1) * interval);
      const waitMs = Math.ceil(turnAt - now);
      if (waitMs > patience) {
        return { granted: false, retryAfterMs: waitMs };
      }
      fullAt = Math.max(turnAt, fullAt) + interval;
      return { granted: true, waitMs };
    },
    pause: (length) => {
      pausedUntil = Math.max(pausedUntil, performance.now() + length);
    },
  };
}
