import { createCarrierEventActivities } from '../../activities/carrier-events/record.ts';
import { parseRegistry } from '../../carriers/registry.ts';
import { createRouting } from '../../carriers/routing.ts';
import type { Store } from '../../store/store.ts';
import { claim, day, event } from '../domain/number/events.ts';
import { crashable } from '../import/crashing-store.ts';
import { phoneOf } from '../import/new-users.ts';
import { openTestStore, testHasher } from '../store/open-store.ts';
import { registryText } from './registry.ts';

const registry = parseRegistry({ text: registryText, source: 'test', folder: '.', env: {} });

let store: Store;
let close: () => Promise<void>;
let crashing: ReturnType<typeof crashable>;
beforeAll(async () => {
  ({ store, close } = await openTestStore());
  crashing = crashable(store);
});
afterAll(() => close());

const held = testHasher.numberKeyOf(phoneOf(1));
const free = testHasher.numberKeyOf(phoneOf(2));
const call = {
  province: 'sichuan',
  system: 'mobile-5g',
  webhookRef: 'ref',
  receivedAt: day(20),
  correlator: 'test',
};
const reported = [1, 2].map((index) => ({
  ...event('number.cancelled', 20, { id: `cancelled-${index}` }),
  key: `/carriers/sichuan/mobile-5g:cancelled-${index}`,
  phone: phoneOf(index),
  sequence: index,
}));

const outcome = async () => ({
  numbers: (await store.numbers.findMany([held, free]))
    .map(({ events, phase, attendBy }) => ({ ids: events.map(({ id }) => id), phase, attendBy }))
    .sort((a, b) => Number(a.attendBy) - Number(b.attendBy)),
  inbox: await store.inbox.model.countDocuments(),
});

describe('taking in what a carrier reported', () => {
  it('crashed at any write, then done again → every event once, and whoever is concerned is woken', async () => {
    const messenger = {
      wakeNumbers: async () => undefined,
      deliverNotice: async () => undefined,
      runImport: async () => undefined,
    };
    const { recordEvents } = createCarrierEventActivities({
      ...{ store, registry, routing: createRouting(registry), hasher: testHasher, messenger },
    });
    const work = () => recordEvents({ ...call, events: reported, now: day(21) });
    const begin = async () => {
      for (const model of Object.values(store.users.model.db.models)) await model.deleteMany({});
      await store.claims.claim(held, claim());
    };
    await begin();
    const { writes } = await crashing.run(work, null);
    const undisturbed = await outcome();
    expect(undisturbed).toMatchObject({ numbers: [{ phase: 'ended' }, { phase: 'ended' }], inbox: 2 });

    for (let atWrite = 1; atWrite <= writes; atWrite += 1) {
      for (const side of ['before', 'after'] as const) {
        await begin();
        expect(await crashing.run(work, { atWrite, side })).toMatchObject({ crashed: true });
        expect(await work()).toEqual({ toWake: [held] });
        expect({ atWrite, side, ...(await outcome()) }).toEqual({ atWrite, side, ...undisturbed });
      }
    }
  });
});
