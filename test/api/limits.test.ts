import { limitedAddress, refuseBeyond } from '../../api/limits.ts';
import { Problem } from '../../api/problem.ts';

describe('limitedAddress', () => {
  it.each([
    ['198.51.100.7', '198.51.100.7'],
    ['::ffff:198.51.100.7', '198.51.100.7'],
    ['::FFFF:198.51.100.7', '198.51.100.7'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
    ['2001:0DB8:0001:0002::6', '2001:db8:1:2::/64'],
    ['2001:db8::6', '2001:db8:0:0::/64'],
    ['::1', '0:0:0:0::/64'],
    ['::', '0:0:0:0::/64'],
    ['2001:db8:1:2:3::', '2001:db8:1:2::/64'],
    ['fe80::1%eth0', 'fe80:0:0:0::/64'],
    ['64:ff9b::192.0.2.33', '64:ff9b:0:0::/64'],
    ['unknown', 'unknown'],
    ['', ''],
  ])('%j → counted as %j', (address, counted) => {
    expect(limitedAddress(address)).toBe(counted);
  });
});

describe('refuseBeyond', () => {
  it('what may happen → nothing', () => {
    expect(() => refuseBeyond({ ok: true })).not.toThrow();
  });

  it.each([
    [1, '1'],
    [1_000, '1'],
    [1_001, '2'],
    [59_999, '60'],
    [0, '1'],
  ])('not for %i ms → 429, and Retry-After %s', (retryAfterMs, seconds) => {
    const refused = () => refuseBeyond({ ok: false, retryAfterMs });
    expect(refused).toThrow(Problem);
    expect(refused).toThrow(
      expect.objectContaining({
        code: 'too_many_requests',
        status: 429,
        headers: { 'retry-after': seconds },
      }),
    );
  });
});
