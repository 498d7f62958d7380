import fc from 'fast-check';
import type { Asked, LineFacts, MatchAnswer, NoAnswer, Reply } from '../../domain/carrier-reply.ts';
import { dayOf } from '../../domain/instant.ts';
import type { Joined } from '../../domain/joined.ts';
import { judgeClaim, type Verdict } from '../../domain/verdict.ts';
import type { VerdictQuestion } from '../../domain/verdict-question.ts';

const timeZone = 'Asia/Shanghai';
const now = Date.UTC(2026, 10, 24);
const HOUR = 3_600_000;
const source = 'guangdong/mobile-5g';

/** A carrier as it really is: when the tenancy began, what its books say of it, and how it answers. */
type World = {
  claimedAt: number;
  beganAt: number;
  portedAt: number | null;
  portReported: boolean;
  tracked: boolean;
  precision: Joined['precision'] | 'since-only';
  verified: boolean;
  samePerson: boolean;
};

const worlds: fc.Arbitrary<World> = fc
  .record({
    claimedAt: fc.integer({ min: Date.UTC(2026, 2, 1), max: Date.UTC(2026, 4, 1) }),
    // Close to the claim, where the days and the seconds matter, or far from it.
    beganAfter: fc.oneof(
      fc.integer({ min: -48 * HOUR, max: 48 * HOUR }),
      fc.integer({ min: -3_000, max: 3_000 }),
      fc.integer({ min: -300 * 24 * HOUR, max: 150 * 24 * HOUR }),
    ),
    portedAfter: fc.option(fc.integer({ min: 1, max: 40 * 24 * HOUR })),
    portReported: fc.boolean(),
    tracked: fc.boolean(),
    precision: fc.constantFrom<World['precision'][]>('second', 'day', 'months', 'since-only'),
    verified: fc.boolean(),
    samePerson: fc.boolean(),
  })
  .map(({ beganAfter, portedAfter, ...rest }) => {
    const beganAt = rest.claimedAt + beganAfter;
    return {
      ...rest,
      beganAt,
      portedAt: portedAfter === null ? null : Math.max(beganAt, rest.claimedAt) + portedAfter,
      // Who held it at the claim is who holds it now, if the tenancy is the same.
      samePerson: rest.samePerson || beganAfter <= 0,
    };
  });

/** The join date in the carrier's books: that of the port, if there was one. */
const bookedAt = ({ beganAt, portedAt }: World): number => portedAt ?? beganAt;

function bookedJoined(world: World): Joined | null {
  const at = bookedAt(world);
  const day = dayOf(at, timeZone);
  switch (world.precision) {
    case 'second':
      return { precision: 'second', at: Math.floor(at / 1_000) * 1_000 };
    case 'day':
      return { precision: 'day', day };
    case 'months':
      return {
        precision: 'months',
        from: `${day.slice(0, 7)}-01`,
        to: `${day.slice(0, 7)}-28` > day ? `${day.slice(0, 7)}-28` : day,
      };
    case 'since-only':
      return null;
  }
}

function opening(world: World): VerdictQuestion {
  // Where reports are complete, a new tenancy was reported.
  const told = world.tracked && world.beganAt > world.claimedAt;
  return {
    claim: { anchoredAt: world.claimedAt, tenancy: null },
    customerVerified: world.verified,
    events: told ? { kind: 'ended-recycled', at: world.beganAt, eventKey: 'e' } : { kind: 'nothing' },
    port: world.portedAt !== null && world.portReported ? { at: world.portedAt, joined: null } : null,
    province: {
      timeZone,
      trackedSince: world.tracked ? '2020-01-01' : '2026-10-01',
      restartsOnTransfer: true,
    },
    capabilities: { recycledSince: world.precision === 'since-only', match: true },
    line: null,
    recycledSince: [],
    match: null,
  };
}

type Break = (ask: string) => NoAnswer | null;
const unbroken: Break = () => null;

/** Asks the world what the verdict asks for, until there is one. */
function settle(world: World, breaks: Break = unbroken): { verdict: Verdict; asked: string[] } {
  const asked: string[] = [];
  const reply = <T>(ask: string, value: T): Asked<T> => {
    asked.push(ask);
    const broken = breaks(ask);
    const given: Reply<T> = broken === null ? { kind: 'answer', value } : { kind: broken };
    return { source, at: now, reply: given };
  };
  let question = opening(world);
  for (;;) {
    const step = judgeClaim(question);
    if (!('ask' in step)) {
      return { verdict: step, asked };
    }
    if (step.ask === 'line') {
      const facts: LineFacts = {
        status: 'in-use',
        portedIn: world.portedAt !== null,
        joined: bookedJoined(world),
      };
      question = { ...question, line: reply('line', facts) };
    } else if (step.ask === 'match') {
      question = { ...question, match: reply<MatchAnswer>('match', world.samePerson ? 'match' : 'no-match') };
    } else {
      const since = step.ask.recycledSince;
      const answer = reply(since, dayOf(bookedAt(world), timeZone) > since);
      question = { ...question, recycledSince: [...question.recycledSince, { ...answer, since }] };
    }
  }
}

const runs = { numRuns: 500 };

describe('judgeClaim, in any world', () => {
  it('I2: current → the claim is in the present tenancy, or its person holds the number', () => {
    fc.assert(
      fc.property(worlds, (world) => {
        const { verdict } = settle(world);
        fc.pre(verdict.verdict === 'current');
        const sameTenancy = world.beganAt <= world.claimedAt;
        expect(sameTenancy || (verdict.rule === 'same-person' && world.samePerson)).toBe(true);
      }),
      runs,
    );
  });

  it('recycled → the present tenancy is later than the claim', () => {
    fc.assert(
      fc.property(worlds, (world) => {
        const { verdict } = settle(world);
        fc.pre(verdict.verdict === 'recycled');
        expect(world.beganAt).toBeGreaterThan(world.claimedAt);
      }),
      runs,
    );
  });

  it('however it answers → a verdict within six questions, none of them asked twice', () => {
    const breaks = fc.func(
      fc.option(fc.constantFrom<NoAnswer[]>('not-found', 'cannot-say', 'no-capability', 'unavailable')),
    );
    fc.assert(
      fc.property(worlds, breaks, (world, broken) => {
        const { asked } = settle(world, broken);
        expect(asked.length).toBeLessThanOrEqual(6);
        expect(new Set(asked).size).toBe(asked.length);
      }),
      runs,
    );
  });

  it('a carrier that times out → undecided, whatever is true, unless events told', () => {
    fc.assert(
      fc.property(worlds, (world) => {
        const { verdict } = settle(world, () => 'unavailable');
        expect(verdict.verdict).toBe(opening(world).events.kind === 'nothing' ? 'undecided' : 'recycled');
      }),
      runs,
    );
  });

  it('no answer at any one question → no worse verdict than undecided, and never another than with it', () => {
    const kinds = fc.constantFrom<NoAnswer[]>('not-found', 'cannot-say', 'unavailable');
    fc.assert(
      fc.property(worlds, kinds, fc.nat(5), (world, kind, nth) => {
        const whole = settle(world);
        const missing = whole.asked[nth % Math.max(whole.asked.length, 1)];
        const { verdict } = settle(world, (ask) => (ask === missing ? kind : null));
        // With a match the same person may be found in spite of it.
        const allowed = [
          'undecided',
          whole.verdict.verdict,
          ...(verdict.rule === 'same-person' ? ['current'] : []),
        ];
        expect(allowed).toContain(verdict.verdict);
      }),
      runs,
    );
  });

  it('only "recycled since D?", no port, nobody to match → as a comparison of days says', () => {
    fc.assert(
      fc.property(worlds, (any) => {
        const world: World = {
          ...any,
          precision: 'since-only',
          portedAt: null,
          verified: false,
          tracked: false,
        };
        const [claimed, began] = [dayOf(world.claimedAt, timeZone), dayOf(world.beganAt, timeZone)];
        const expected = began > claimed ? 'recycled' : began < claimed ? 'current' : 'undecided';
        expect(settle(world).verdict.verdict).toBe(expected);
      }),
      runs,
    );
  });

  it('a join date that may be before or after the claim, nobody to match → undecided', () => {
    fc.assert(
      fc.property(worlds, fc.integer({ min: -20 * HOUR, max: 20 * HOUR }), (any, shift) => {
        const beganAt = any.claimedAt + shift;
        fc.pre(dayOf(beganAt, timeZone) === dayOf(any.claimedAt, timeZone));
        const world: World = {
          ...any,
          beganAt,
          precision: 'day',
          portedAt: null,
          verified: false,
          tracked: false,
        };
        expect(settle(world).verdict).toMatchObject({ verdict: 'undecided', rule: 'joined-overlap' });
      }),
      runs,
    );
  });
});
