import fc from 'fast-check';
import { createTokenBucket } from '../../carriers/token-bucket.ts';

beforeEach(() => {
  jest.useFakeTimers({ now: 0 });
});
afterEach(() => {
  jest.useRealTimers();
});

describe('token bucket', () => {
  it('as many as the burst → at once, and the next when its time has come', () => {
    const bucket = createTokenBucket({ perSecond: 10, burst: 3 });
    const turns = [1, 2, 3, 4, 5].map(() => bucket.take(1_000));
    expect(turns).toEqual([0, 0, 0, 100, 200].map((waitMs) => ({ granted: true, waitMs })));
  });

  it('no turn within the patience → none is taken, and the hint is kept', () => {
    const bucket = createTokenBucket({ perSecond: 10, burst: 1 });
    bucket.take(0);
    expect(bucket.take(99)).toEqual({ granted: false, retryAfterMs: 100 });
    expect(bucket.take(99)).toEqual({ granted: false, retryAfterMs: 100 });
    jest.advanceTimersByTime(100);
    expect(bucket.take(0)).toEqual({ granted: true, waitMs: 0 });
  });

  it('left alone for long → no more than the burst at once', () => {
    const bucket = createTokenBucket({ perSecond: 10, burst: 2 });
    jest.advanceTimersByTime(3_600_000);
    expect([1, 2, 3].map(() => bucket.take(0).granted)).toEqual([true, true, false]);
  });

  it('paused → no turn before the pause is over', () => {
    const bucket = createTokenBucket({ perSecond: 10, burst: 2 });
    bucket.pause(5_000);
    bucket.pause(100);
    expect(bucket.take(1_000)).toEqual({ granted: false, retryAfterMs: 5_000 });
    jest.advanceTimersByTime(5_000);
    expect(bucket.take(0).granted).toBe(true);
  });

  it('any asking at any rate → never more than burst + perSecond × t turns in any stretch of t seconds', () => {
    const asking = fc.array(fc.record({ after: fc.integer({ min: 0, max: 300 }), patience: fc.nat(500) }), {
      minLength: 1,
      maxLength: 60,
    });
    const limits = fc.record({
      perSecond: fc.integer({ min: 1, max: 50 }),
      burst: fc.integer({ min: 1, max: 5 }),
    });
    fc.assert(
      fc.property(limits, asking, (limit, all) => {
        const bucket = createTokenBucket(limit);
        const turns: number[] = [];
        for (const { after, patience } of all) {
          jest.advanceTimersByTime(after);
          const turn = bucket.take(patience);
          if (turn.granted) {
            turns.push(performance.now() + turn.waitMs);
          }
        }
        turns.forEach((from, first) => {
          turns.slice(first).forEach((until, more) => {
            // Turns are a whole millisecond late at most, so two of them may be one closer than they should.
            const seconds = (until - from + 1) / 1_000;
            expect(more + 1).toBeLessThanOrEqual(limit.burst + limit.perSecond * seconds);
          });
        });
      }),
      { numRuns: 200 },
    );
  });
});
