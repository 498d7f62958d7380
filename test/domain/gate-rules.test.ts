import fc from 'fast-check';
import {
  alternatives,
  decideByCode,
  decideByPassword,
  feedsVouch,
  isFresh,
} from '../../domain/gate-rules.ts';

const MINUTE = 60_000;
const now = Date.UTC(2026, 10, 24);
const trust = { now, answerMaxAge: 10 * MINUTE, feedsVouch: false };
const active = { state: 'active' } as const;
const fresh = (verdict: 'current' | 'recycled' | 'frozen' | 'undecided') => ({ verdict, asOf: now });

describe('decideByCode', () => {
  it.each([
    ['recycled', 'number_recycled'],
    ['frozen', 'number_frozen'],
    ['undecided', 'number_undecided'],
  ] as const)('a verdict of %s → refused as %s, with the fixed list of other ways', (verdict, code) => {
    const decision = decideByCode({ claim: active, verdict: fresh(verdict), trust });
    expect(decision).toEqual({ kind: 'refuse', code, alternatives });
  });

  it('current and fresh → allowed', () => {
    expect(decideByCode({ claim: active, verdict: fresh('current'), trust })).toEqual({ kind: 'allow' });
  });

  it('current by answers that are too old → the carrier is asked', () => {
    const verdict = { verdict: 'current', asOf: now - 10 * MINUTE } as const;
    expect(decideByCode({ claim: active, verdict, trust })).toEqual({ kind: 'ask-carrier' });
  });

  it('current by old answers, and feeds that vouch → allowed', () => {
    const verdict = { verdict: 'current', asOf: now - 60 * MINUTE } as const;
    const decision = decideByCode({ claim: active, verdict, trust: { ...trust, feedsVouch: true } });
    expect(decision).toEqual({ kind: 'allow' });
  });

  it('no verdict yet → the carrier is asked', () => {
    expect(decideByCode({ claim: active, verdict: null, trust })).toEqual({ kind: 'ask-carrier' });
  });

  it('nobody has the number as login phone → no_such_login, with the same list', () => {
    const decision = decideByCode({ claim: null, verdict: null, trust });
    expect(decision).toEqual({ kind: 'refuse', code: 'no_such_login', alternatives });
  });

  it('current, but the claim is suspended still → number_undecided', () => {
    const decision = decideByCode({ claim: { state: 'suspended' }, verdict: fresh('current'), trust });
    expect(decision).toMatchObject({ kind: 'refuse', code: 'number_undecided' });
  });

  it('a refusal → needs no fresh answer', () => {
    const verdict = { verdict: 'recycled', asOf: null } as const;
    expect(decideByCode({ claim: active, verdict, trust })).toMatchObject({ kind: 'refuse' });
  });

  it('I2: whatever is known → allowed only on a fresh current', () => {
    fc.assert(
      fc.property(
        fc.option(fc.record({ state: fc.constantFrom('active' as const, 'suspended' as const) })),
        fc.option(
          fc.record({
            verdict: fc.constantFrom(...(['current', 'recycled', 'frozen', 'undecided'] as const)),
            asOf: fc.option(fc.integer({ min: now - 20 * MINUTE, max: now })),
          }),
        ),
        fc.boolean(),
        (claim, verdict, vouch) => {
          const decision = decideByCode({ claim, verdict, trust: { ...trust, feedsVouch: vouch } });
          fc.pre(decision.kind === 'allow');
          expect(claim).toEqual(active);
          expect(verdict?.verdict).toBe('current');
          expect(vouch || now - (verdict?.asOf ?? 0) < 10 * MINUTE).toBe(true);
        },
      ),
    );
  });
});

describe('isFresh', () => {
  it.each([
    ['just below the bound', now - 10 * MINUTE + 1, true],
    ['at the bound', now - 10 * MINUTE, false],
    ['no answer', null, false],
  ])('%s → told by the age', (_, asOf, expected) => {
    expect(isFresh({ asOf }, trust)).toBe(expected);
  });
});

describe('feedsVouch', () => {
  const feed = { through: 7, ahead: [], lastHeartbeatAt: now - MINUTE };

  it.each([
    ['complete and beating', [feed], true],
    ['several such', [feed, feed], true],
    ['one with a gap', [feed, { ...feed, ahead: [9] }], false],
    ['one whose heartbeat is 15 minutes old', [feed, { ...feed, lastHeartbeatAt: now - 15 * MINUTE }], false],
    ['one whose heartbeat is just younger', [{ ...feed, lastHeartbeatAt: now - 15 * MINUTE + 1 }], true],
    ['one that never beat', [{ ...feed, lastHeartbeatAt: null }], false],
    ['none at all', [], false],
  ])("%s → vouches, or doesn't", (_, feeds, expected) => {
    expect(feedsVouch({ feeds, now })).toBe(expected);
  });
});

describe('decideByPassword', () => {
  it.each([
    ['by nickname', { by: 'nickname' }, 'allow'],
    ['by verified e-mail', { by: 'email', verified: true }, 'allow'],
    ['by an e-mail nobody verified', { by: 'email', verified: false }, 'refuse'],
    ['by a phone with a claim', { by: 'phone', claimExists: true }, 'allow'],
    ['by a phone whose claim was released', { by: 'phone', claimExists: false }, 'refuse'],
  ] as const)('the right password, %s → as its row says', (_, login, kind) => {
    expect(decideByPassword(login, true)).toMatchObject({ kind });
  });

  it.each([
    { by: 'nickname' },
    { by: 'email', verified: true },
    { by: 'email', verified: false },
    { by: 'phone', claimExists: true },
    { by: 'phone', claimExists: false },
  ] as const)('a wrong password, %j → bad_credentials like any other refusal', (login) => {
    expect(decideByPassword(login, false)).toEqual({ kind: 'refuse', code: 'bad_credentials' });
  });
});
