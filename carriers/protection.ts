import { isNativeError } from 'node:util/types';
import {
  BrokenCircuitError,
  CircuitState,
  ConsecutiveBreaker,
  circuitBreaker,
  handleWhen,
  TaskCancelledError,
  TimeoutStrategy,
  timeout,
} from 'cockatiel';
import type { DurationMs } from '../domain/instant.ts';
import { CarrierUnavailable, type Home } from './gateway.ts';
import type { Connection } from './province.ts';
import { createTokenBucket } from './token-bucket.ts';

/** `half-open`: one call is being let through to see whether the system is back. */
export type BreakerState = 'closed' | 'open' | 'half-open';

/** Stands between everybody who asks one system and that system. */
export type Protection = {
  /**
   * Makes the call when it has its turn, within the system's call time-out. Throws `CarrierUnavailable`: the call's own,
   * or `breaker-open`, `rate-limited`, `time-out`, or `dialect-failed` in place of any other error.
   */
  run<T>(call: (signal: AbortSignal) => Promise<T>): Promise<T>;
};

/** How long a call waits for its turn. The API owes its callers an outcome within 2 s; half of that is left for the call. */
const LONGEST_WAIT: DurationMs = 1_000;
/** How long a system may keep us away by `Retry-After`. A slip there ("86400") shall not silence a province for a day. */
const LONGEST_PAUSE: DurationMs = 60_000;

const BREAKER_STATES: Readonly<Record<CircuitState, BreakerState>> = {
  [CircuitState.Closed]: 'closed',
  [CircuitState.Open]: 'open',
  [CircuitState.HalfOpen]: 'half-open',
  // Nobody isolates our breakers by hand; if somebody did, nothing would get through.
  [CircuitState.Isolated]: 'open',
};

/**
 * The limits of one system: its rate, its time-out, and a breaker that opens when calls fail in a row. They are this
 * process's own, so that one slow province takes nothing from another. `onBreaker` hears each change of the breaker.
 */
export function createProtection(system: {
  home: Home;
  connection: Pick<Connection, 'rateLimit' | 'timeouts' | 'breaker'>;
  onBreaker(state: BreakerState): void;
}): Protection {
  const { home, connection, onBreaker } = system;
  const { resetAfter, failures } = connection.breaker;
  const bucket = createTokenBucket(connection.rateLimit);
  const timeLimit = timeout(connection.timeouts.call, TimeoutStrategy.Aggressive);
  const breaker = circuitBreaker(handleWhen(isFailure), {
    halfOpenAfter: resetAfter,
    breaker: new ConsecutiveBreaker(failures),
  });
  let openUntil = 0;
  breaker.onBreak(() => {
    openUntil = Date.now() + resetAfter;
  });
  breaker.onStateChange((state) => onBreaker(BREAKER_STATES[state]));

  const breakerOpen = () =>
    new CarrierUnavailable({
      home,
      reason: 'breaker-open',
      retryAfterMs: Math.max(0, openUntil - Date.now()),
    });

  const takeTurn = async (): Promise<void> => {
    const turn = bucket.take(LONGEST_WAIT);
    if (!turn.granted) {
      throw new CarrierUnavailable({ home, reason: 'rate-limited', retryAfterMs: turn.retryAfterMs });
    }
    if (turn.waitMs > 0) {
      await new Promise((resolve) => setTimeout(resolve, turn.waitMs));
    }
  };

  /** The call, with nothing but `CarrierUnavailable` coming out of it. */
  const limited = async <T>(call: (signal: AbortSignal) => Promise<T>): Promise<T> => {
    try {
      return await timeLimit.execute(({ signal }) => call(signal));
    } catch (error) {
      if (error instanceof CarrierUnavailable) {
        if (error.reason === 'too-many-requests') {
          bucket.pause(Math.min(error.retryAfterMs ?? 0, LONGEST_PAUSE));
        }
        throw error;
      }
      throw error instanceof TaskCancelledError
        ? new CarrierUnavailable({ home, reason: 'time-out' })
        : // The error's own text is left behind: it may repeat what was asked or answered.
          new CarrierUnavailable({ home, reason: 'dialect-failed', detail: nameOf(error) });
    }
  };

  return {
    run: async (call) => {
      // While the breaker is open there is nothing to queue for.
      if (breaker.state === CircuitState.Open && Date.now() < openUntil) {
        throw breakerOpen();
      }
      await takeTurn();
      try {
        return await breaker.execute(() => limited(call));
      } catch (error) {
        throw error instanceof BrokenCircuitError ? breakerOpen() : error;
      }
    },
  };
}

/** A system that asks for fewer calls is alive, and a fault of ours isn't its; everything else is a reason to let it rest. */
function isFailure(error: unknown): boolean {
  return (
    error instanceof CarrierUnavailable &&
    error.reason !== 'too-many-requests' &&
    error.reason !== 'dialect-failed'
  );
}

function nameOf(error: unknown): string {
  return isNativeError(error) ? error.constructor.name : typeof error;
}
