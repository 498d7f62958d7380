import { CarrierUnavailable, type UnavailableReason } from '../../carriers/gateway.ts';
import { type BreakerState, createProtection } from '../../carriers/protection.ts';
import { failureOf } from './failure.ts';

const home = { province: 'sichuan', system: 'mobile-5g' };

beforeEach(() => {
  jest.useFakeTimers({ now: 1_800_000_000_000 });
});
afterEach(() => {
  jest.useRealTimers();
});

function protect(limits: { perSecond?: number; burst?: number } = {}) {
  const states: BreakerState[] = [];
  const protection = createProtection({
    home,
    connection: {
      rateLimit: { perSecond: limits.perSecond ?? 100, burst: limits.burst ?? 100 },
      timeouts: { call: 2_000 },
      breaker: { failures: 3, resetAfter: 10_000 },
    },
    onBreaker: (state) => states.push(state),
  });
  return { run: protection.run, states };
}

const fails =
  (reason: UnavailableReason, retryAfterMs: number | null = null) =>
  async (): Promise<never> => {
    throw new CarrierUnavailable({ home, reason, retryAfterMs });
  };
const works = async () => 'fine';

/** Opens the breaker. */
async function breakIt(run: ReturnType<typeof protect>['run']): Promise<void> {
  for (let failure = 0; failure < 3; failure += 1) {
    await failureOf(run(fails('server-error')));
  }
}

describe('breaker', () => {
  it('as many failures in a row as it bears → open, and nothing is asked any more', async () => {
    const { run, states } = protect();
    await breakIt(run);
    const call = jest.fn(works);
    expect(await failureOf(run(call))).toMatchObject({ reason: 'breaker-open', retryAfterMs: 10_000 });
    expect(call).not.toHaveBeenCalled();
    expect(states).toEqual(['open']);
  });

  it('open, with no turn left either → told of the breaker at once, without queueing', async () => {
    const { run } = protect({ perSecond: 1, burst: 3 });
    await breakIt(run);
    expect(await failureOf(run(works))).toMatchObject({ reason: 'breaker-open' });
  });

  it('a success between failures → they count anew', async () => {
    const { run, states } = protect();
    await failureOf(run(fails('time-out')));
    await failureOf(run(fails('connection-failed')));
    await run(works);
    await failureOf(run(fails('server-error')));
    await failureOf(run(fails('credentials-refused')));
    expect(await run(works)).toBe('fine');
    expect(states).toEqual([]);
  });

  it('too many requests, or a fault of ours → no failure of the system', async () => {
    const { run } = protect();
    for (let time = 0; time < 5; time += 1) {
      await failureOf(run(fails('too-many-requests')));
      await failureOf(
        run(async () => {
          throw new TypeError('+8613812345678');
        }),
      );
    }
    expect(await run(works)).toBe('fine');
  });

  it('open for a while → the hint is what is left of it', async () => {
    const { run } = protect();
    await breakIt(run);
    jest.advanceTimersByTime(9_999);
    expect(await failureOf(run(works))).toMatchObject({ reason: 'breaker-open', retryAfterMs: 1 });
  });

  it('its time is over and the system is back → closed by one call', async () => {
    const { run, states } = protect();
    await breakIt(run);
    jest.advanceTimersByTime(10_000);
    expect(await run(works)).toBe('fine');
    expect(states).toEqual(['open', 'half-open', 'closed']);
  });

  it('its time is over and the system is not back → open again after one call', async () => {
    const { run, states } = protect();
    await breakIt(run);
    jest.advanceTimersByTime(10_000);
    await failureOf(run(fails('server-error')));
    expect(await failureOf(run(works))).toMatchObject({ reason: 'breaker-open', retryAfterMs: 10_000 });
    expect(states).toEqual(['open', 'half-open', 'open']);
  });

  it('many calls when its time is over → one is made, the others wait for what comes of it', async () => {
    const { run } = protect();
    await breakIt(run);
    jest.advanceTimersByTime(10_000);
    const call = jest.fn(fails('server-error'));
    const failures = await Promise.all([run(call), run(call), run(call)].map(failureOf));
    expect(call).toHaveBeenCalledTimes(1);
    expect(failures.map(({ reason }) => reason)).toEqual(['server-error', 'breaker-open', 'breaker-open']);
  });

  it('one system broken → another is asked as before', async () => {
    const broken = protect();
    const sound = protect();
    await breakIt(broken.run);
    expect(await sound.run(works)).toBe('fine');
  });
});

describe('time-out', () => {
  it('a call that takes too long → its signal fires, and the caller is told at once', async () => {
    const { run } = protect();
    let signal: AbortSignal | undefined;
    const failure = failureOf(
      run((given) => {
        signal = given;
        return new Promise<never>(() => undefined);
      }),
    );
    await jest.advanceTimersByTimeAsync(1_999);
    expect(signal?.aborted).toBe(false);
    await jest.advanceTimersByTimeAsync(1);
    expect(signal?.aborted).toBe(true);
    expect(await failure).toMatchObject({ reason: 'time-out' });
  });

  it('calls that take too long → they open the breaker', async () => {
    const { run, states } = protect();
    const failures = [1, 2, 3].map(() => failureOf(run(() => new Promise<never>(() => undefined))));
    await jest.advanceTimersByTimeAsync(2_000);
    await Promise.all(failures);
    expect(states).toEqual(['open']);
  });
});

describe('rate limit', () => {
  it('more calls than the burst → the next waits for its turn', async () => {
    const { run } = protect({ perSecond: 10, burst: 2 });
    const call = jest.fn(works);
    const calls = [run(call), run(call), run(call)];
    await jest.advanceTimersByTimeAsync(99);
    expect(call).toHaveBeenCalledTimes(2);
    await jest.advanceTimersByTimeAsync(1);
    await Promise.all(calls);
    expect(call).toHaveBeenCalledTimes(3);
  });

  it('more than can be served within a second → told when to come again, and not asked', async () => {
    const { run } = protect({ perSecond: 1, burst: 1 });
    const call = jest.fn(works);
    const waiting = [run(call), run(call)];
    expect(await failureOf(run(call))).toMatchObject({ reason: 'rate-limited', retryAfterMs: 2_000 });
    await jest.advanceTimersByTimeAsync(1_000);
    await Promise.all(waiting);
    expect(call).toHaveBeenCalledTimes(2);
  });

  it('the wait for a turn → is no part of the time for the call', async () => {
    const { run } = protect({ perSecond: 1, burst: 1 });
    await run(works);
    const slow = run(() => new Promise((resolve) => setTimeout(() => resolve('late'), 1_900)));
    await jest.advanceTimersByTimeAsync(2_900);
    expect(await slow).toBe('late');
  });

  it('the system asks to be left alone → it is, for as long as it says', async () => {
    const { run } = protect();
    await failureOf(run(fails('too-many-requests', 7_000)));
    const call = jest.fn(works);
    expect(await failureOf(run(call))).toMatchObject({ reason: 'rate-limited', retryAfterMs: 7_000 });
    jest.advanceTimersByTime(7_000);
    expect(await run(call)).toBe('fine');
    expect(call).toHaveBeenCalledTimes(1);
  });

  it('the system asks to be left alone for a day → for a minute', async () => {
    const { run } = protect();
    await failureOf(run(fails('too-many-requests', 86_400_000)));
    expect(await failureOf(run(works))).toMatchObject({ reason: 'rate-limited', retryAfterMs: 60_000 });
  });
});

describe('an error that no dialect should let out', () => {
  it('any → told by its class alone', async () => {
    const { run } = protect();
    const failure = await failureOf(
      run(async () => {
        throw new RangeError('cannot ask about +8613812345678');
      }),
    );
    expect(failure.message).toBe('sichuan/mobile-5g is unavailable: dialect-failed (RangeError)');
  });
});
