import fc from 'fast-check';
import type { CarrierSays } from '../carriers/scripted.ts';
import { claimedAt, eventAt, type House, hour, joinedAt, openHouse } from './house.ts';

const day = 24 * hour;
let house: House;
beforeAll(async () => {
  house = await openHouse();
});
afterAll(() => house?.close());

const nothing = fc.constantFrom(
  ...(['not-found', 'answer-malformed', 'answer-contradictory', 'request-refused'] as const),
  ...(['time-out', 'connection-failed', 'server-error', 'too-many-requests'] as const),
  ...(['credentials-refused', 'breaker-open', 'rate-limited', 'dialect-failed'] as const),
);
const match = fc.oneof(nothing, fc.constantFrom('no-match', 'no-customer', 'no-capability'));
/** What a claim may be like when somebody comes to the gate. */
const holding = fc.record({
  verified: fc.boolean(),
  remembered: fc.boolean(),
  suspended: fc.boolean(),
  ported: fc.boolean(),
  feeds: fc.boolean(),
});

async function gate(how: typeof holding extends fc.Arbitrary<infer T> ? T : never, says: CarrierSays) {
  house.reset();
  await house.store.feeds.model.deleteMany({});
  if (how.feeds) await house.feedsArrive({ sequence: 1 });
  const { numberKey } = await house.hold({
    verified: how.verified,
    claim: {
      state: how.suspended ? 'suspended' : 'active',
      tenancy: how.remembered ? { joined: joinedAt(claimedAt - day), source: 'sichuan/mobile-5g' } : null,
    },
  });
  if (how.ported) await house.reported(numberKey, eventAt('number.ported', claimedAt + day));
  const before = await house.claimOf(numberKey);
  house.says(says);
  const passage = await house.pass(numberKey);
  const after = await house.claimOf(numberKey);
  return { passage, before, after };
}

describe('what is no answer (I2)', () => {
  it('whatever the carrier fails to say, whatever is known of the claim → nobody in, nothing released or moved', async () => {
    await fc.assert(
      fc.asyncProperty(holding, nothing, match, fc.boolean(), async (how, line, person, onlySince) => {
        const says: CarrierSays = onlySince
          ? {
              line: { joined: null },
              capabilities: { recycledSince: true },
              recycledSince: line,
              match: person,
            }
          : { line, match: person };
        const { passage, before, after } = await gate(how, says);
        expect(passage).toMatchObject({ kind: 'refuse', code: 'number_undecided' });
        expect(after).toMatchObject({ state: before.state, anchoredAt: before.anchoredAt });
        expect(after.foundRecycled).toBeUndefined();
        expect(house.woken).toEqual([]);
      }),
      { numRuns: 60 },
    );
  });

  it('recycled by date, the person asked about without an answer → nothing released', async () => {
    await fc.assert(
      fc.asyncProperty(holding, nothing, async (how, person) => {
        const says: CarrierSays = { line: { joined: joinedAt(claimedAt + 60 * day) }, match: person };
        const { passage, after } = await gate({ ...how, verified: true, ported: false }, says);
        expect(passage).toMatchObject({ code: 'number_undecided' });
        expect(after.foundRecycled).toBeUndefined();
      }),
      { numRuns: 30 },
    );
  });
});
