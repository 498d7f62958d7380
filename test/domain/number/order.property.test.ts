import fc from 'fast-check';
import type { Claim, ReleasedClaim } from '../../../domain/claim.ts';
import type { NumberEvent, NumberEventType } from '../../../domain/number/event.ts';
import { foldHistory } from '../../../domain/number/history.ts';
import { type Duty, planLife } from '../../../domain/number/plan.ts';
import { claim, day, event, freeze, retraction } from './events.ts';

/**
 * I6 and I7: whatever order the same events come in, however often each, and however they are split over the runs of
 * the number's workflow, the number and its claim end alike.
 */

interface World {
  claim: Claim | null;
  released: ReleasedClaim[];
}

const types: NumberEventType[] = [
  'number.cancelled',
  'number.reclaimed',
  'number.reissued',
  'number.transferred',
  'number.suspended',
  'number.restored',
  'number.ported',
];

/** The carrier's books at the end: one person holds the number then, whichever event it is asked about. */
type Holder = 'same' | 'other' | 'no-capability';

/** Does a duty to the world, as the activities do to the store. */
function carryOut(world: World, duty: Duty, holder: Holder, now: number): World {
  const { claim: held, released } = world;
  switch (duty.kind) {
    case 'suspend-claim':
      return held ? { ...world, claim: { ...held, state: 'suspended', stateSince: now } } : world;
    case 'restore-claim':
      return held ? { ...world, claim: { ...held, state: 'active', anchoredAt: duty.anchoredAt } } : world;
    case 'ask-same-person': {
      if (!held) return world;
      const check = {
        eventKey: duty.eventKey,
        answer: holder,
        firstAskedAt: now,
        attempts: 1,
        askAgainAt: null,
      };
      return { ...world, claim: { ...held, samePerson: [...held.samePerson, check] } };
    }
    case 'release-claim': {
      if (!held) return world;
      const { state: _, stateSince: __, bindingId: ___, ...kept } = held;
      return {
        claim: null,
        released: [...released, { ...kept, releasedAt: now, cause: duty.cause, disputed: false }],
      };
    }
    case 'give-back-claim': {
      const past = released.at(-1);
      if (!past || held) return world;
      const { releasedAt: _, cause: __, disputed: ___, ...kept } = past;
      return {
        claim: { ...kept, state: duty.state, stateSince: now, bindingId: null },
        released: released.slice(0, -1),
      };
    }
    case 'open-case':
      return { ...world, released: released.map((past) => ({ ...past, disputed: true })) };
  }
}

/** One run of the workflow: reads, does what is due, until nothing is. Fails where it would never rest. */
function runToRest(
  world: World,
  events: NumberEvent[],
  holder: Holder,
  holderVerified: boolean,
  now: number,
): World {
  let current = world;
  for (let round = 0; round < 20; round += 1) {
    const { duties } = planLife({
      events,
      freeze,
      policy: { bound: 'at-once', unbound: 'at-freeze-end' },
      claim: current.claim,
      released: current.released,
      holderVerified,
      now,
    });
    if (duties.length === 0) return current;
    for (const duty of duties) current = carryOut(current, duty, holder, now);
  }
  throw new Error('a life that never comes to rest');
}

/**
 * What must not depend on the order: who holds the number and in which state, and whose claim ended. The reason that
 * is kept with a release is what was known when it was made, and that does depend on it.
 */
const summary = ({ claim: held, released }: World) => ({
  held: held && { state: held.state, claimId: held.claimId },
  released: released.map(({ claimId }) => claimId),
});

/** Events on days 1 to `lastDay`, some of them retracted on the day after. */
const historyUntil = (lastDay: number) =>
  fc
    .uniqueArray(fc.record({ type: fc.constantFrom(...types), at: fc.integer({ min: 1, max: lastDay }) }), {
      selector: ({ type, at }) => `${type}@${at}`,
      maxLength: 8,
    })
    .chain((plain) =>
      fc.subarray(plain, { maxLength: Math.min(2, plain.length) }).map((wrong) => {
        const events = plain.map(({ type, at }) => event(type, at));
        const retracted = events.filter(({ id }) => wrong.some(({ type, at }) => id === `${type}@${at}`));
        return [...events, ...retracted.map((one) => retraction(one, lastDay + 1))];
      }),
    );
const history = historyUntil(400);

/** The same events at once, and as they might arrive: in any order, doubled, with the workflow running in between. */
const arrivalsOf = (events: NumberEvent[]) =>
  fc.record({
    events: fc.constant(events),
    mixed: fc.shuffledSubarray([...events, ...events], { minLength: events.length }),
    splits: fc.infiniteStream(fc.boolean()),
    holder: fc.constantFrom<Holder>('same', 'other', 'no-capability'),
  });

type Arrivals = ReturnType<typeof arrivalsOf> extends fc.Arbitrary<infer Value> ? Value : never;

/** Lets the events arrive as mixed, and checks that the end is that of all at once. */
function expectSameEnd(
  { events, mixed, splits, holder }: Arrivals,
  { verified, now }: { verified: boolean; now: number },
): void {
  const start: World = { claim: claim({ claimedAt: day(50), anchoredAt: day(50) }), released: [] };
  const atOnce = runToRest(start, events, holder, verified, now);

  const known: NumberEvent[] = [];
  let world = start;
  // Every event arrives at least once; what the mix left out comes last.
  for (const next of [...mixed, ...events]) {
    if (!known.some(({ key }) => key === next.key)) known.push(next);
    if (splits.next().value) world = runToRest(world, [...known], holder, verified, now);
  }
  world = runToRest(world, known, holder, verified, now);

  expect(summary(world)).toEqual(summary(atOnce));
  const proven = { provenAt: [day(50)] };
  expect(foldHistory({ events: known, ...proven }, freeze)).toEqual(
    foldHistory({ events, ...proven }, freeze),
  );
}

describe("a number's life", () => {
  it('I6, I7: the same events in any order, doubled, split over any runs → the same end', () => {
    fc.assert(
      fc.property(history.chain(arrivalsOf), fc.integer({ min: 401, max: 600 }), (arrivals, today) => {
        expectSameEnd(arrivals, { verified: false, now: day(today) });
      }),
      { numRuns: 2_000 },
    );
  });

  // A carrier says who holds the number when it is asked, so a claim that was released when its freeze ended is not
  // the same as one that the news of a reissue found in time: here all news comes within the freeze.
  it('I6, I7: a verified holder, any order within the freeze → the same end', () => {
    fc.assert(
      fc.property(
        historyUntil(130).chain(arrivalsOf),
        fc.integer({ min: 132, max: 138 }),
        (arrivals, today) => {
          expectSameEnd(arrivals, { verified: true, now: day(today) });
        },
      ),
      { numRuns: 2_000 },
    );
  });

  it('I7: events before the claim, whatever they are → the claim stays as it is', () => {
    fc.assert(
      fc.property(history, (events) => {
        const start: World = { claim: claim({ claimedAt: day(500), anchoredAt: day(500) }), released: [] };
        expect(runToRest(start, events, 'other', true, day(900))).toEqual(start);
      }),
    );
  });

  it('time passing between the events → what is due at the end is the same as if all had come at once', () => {
    fc.assert(
      fc.property(history, fc.constantFrom<Holder>('same', 'other'), (events, holder) => {
        const start: World = { claim: claim({ claimedAt: day(50), anchoredAt: day(50) }), released: [] };
        const byTime = [...events].sort((a, b) => a.at - b.at);
        let world = start;
        byTime.forEach((next, index) => {
          world = runToRest(world, byTime.slice(0, index + 1), holder, false, next.at);
        });
        const end = day(600);
        world = runToRest(world, byTime, holder, false, end);
        const atOnce = runToRest(start, events, holder, false, end);
        expect(summary(world).held).toEqual(summary(atOnce).held);
      }),
    );
  });
});
