import { createEffectActivities } from '../../activities/number/effects.ts';
import { createLifeActivities } from '../../activities/number/life.ts';
import { crashable } from '../import/crashing-store.ts';
import { claimedAt, type House, hour, joinedAt, minute, noon, openHouse } from './house.ts';

let house: House;
let crashing: ReturnType<typeof crashable>;
beforeAll(async () => {
  house = await openHouse();
  crashing = crashable(house.store);
});
beforeEach(() => house.reset());
afterAll(() => house?.close());

/** What the sweep's wake leads to: one look of the number's life. */
async function look(numberKey: Awaited<ReturnType<House['hold']>>['numberKey'], now: number): Promise<void> {
  const { readLife } = createLifeActivities({ store: house.store, registry: house.registry });
  const nothing = async () => undefined;
  const messenger = { deliverNotice: nothing, wakeNumbers: nothing, runImport: nothing };
  const { releaseClaim } = createEffectActivities({ store: house.store, messenger });
  const life = await readLife({ numberKey, now });
  for (const duty of life?.duties ?? []) {
    if (duty.kind !== 'release-claim') throw new Error(`not expected: ${duty.kind}`);
    await releaseClaim({ numberKey, duty, at: now, attendBy: life?.nextAt ?? null, correlator: 'test' });
  }
}

describe('a recycled number found at the gate, the process killed', () => {
  it('before and after each write → refused the next time, released once, and never before it was found', async () => {
    const recycled = { line: { joined: joinedAt(claimedAt + 24 * hour) } };
    house.says(recycled);
    const undisturbed = await house.hold();
    const { writes } = await crashing.run(() => house.pass(undisturbed.numberKey), null);
    expect(writes).toBeGreaterThanOrEqual(4);

    for (let atWrite = 1; atWrite <= writes; atWrite += 1) {
      for (const side of ['before', 'after'] as const) {
        const { numberKey, userId } = await house.hold();
        const { crashed } = await crashing.run(() => house.pass(numberKey), { atWrite, side });
        expect({ atWrite, side, crashed }).toEqual({ atWrite, side, crashed: true });
        const found = (await house.claimOf(numberKey)).foundRecycled !== undefined;
        const overdue = await house.store.numbers.overdue({ now: noon + minute + 1, limit: 1_000 });
        // Whatever was found is found again by the sweep.
        if (found) expect(overdue).toContain(numberKey);

        expect(await house.pass(numberKey)).toMatchObject({ code: 'number_recycled' });
        await look(numberKey, noon + minute);
        await look(numberKey, noon + 2 * minute);
        expect(await house.store.claims.find(numberKey)).toMatchObject({
          claim: null,
          released: [{ userId, cause: { kind: 'recycled' } }],
        });
        expect(await house.store.users.find(userId)).toMatchObject({ status: 'open', phone: null, epoch: 1 });
        expect(await house.pass(numberKey)).toMatchObject({ code: 'no_such_login' });
      }
    }
  });
});
