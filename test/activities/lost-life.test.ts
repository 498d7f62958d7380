import { createEffectActivities } from '../../activities/number/effects.ts';
import { createLifeActivities } from '../../activities/number/life.ts';
import { parseRegistry } from '../../carriers/registry.ts';
import { asCustomerId, asUserId } from '../../domain/ids.ts';
import type { Store } from '../../store/store.ts';
import { claim, day, event } from '../domain/number/events.ts';
import { phoneOf } from '../import/new-users.ts';
import { openTestStore, testHasher } from '../store/open-store.ts';
import { registryText } from './registry.ts';

const registry = parseRegistry({ text: registryText, source: 'test', folder: '.', env: {} });
const phone = phoneOf(8);
const numberKey = testHasher.numberKeyOf(phone);
const userId = asUserId('user-1');
const customerId = asCustomerId('customer-1');

let store: Store;
let close: () => Promise<void>;
beforeAll(async () => {
  ({ store, close } = await openTestStore());
  const home = { province: 'sichuan', system: 'mobile-5g' };
  const history = {
    events: [event('number.transferred', 20)],
    provenAt: [day(10)],
    phase: 'in-use',
  } as const;
  await store.numbers.write([{ numberKey, phone, ...home, ...history, freezeEndsAt: null, fromVersion: 0 }]);
  await store.customers.create({
    ...{ customerId, name: '张伟', idNumber: '11010519491231002X' },
    ...{ verifiedAt: day(10), createdAt: day(10) },
  });
  await store.users.createPending({
    ...{ userId, nickname: 'nick', email: null, emailVerified: false, passwordHash: null, customerId },
    ...{ phone: null, registeredAt: day(10), createdAt: day(10) },
  });
  await store.claims.claim(numberKey, claim());
});
afterAll(() => close());

const messenger = {
  wakeNumbers: async () => undefined,
  runImport: async () => undefined,
  deliverNotice: async () => undefined,
};
const quarterOfAnHour = 15 * 60_000;

/** The sweep finds a number by `attendBy`: whatever a life waits for, it must be found when the life is lost. */
describe('a life that is lost while its carrier is asked (I8)', () => {
  it('after the claim was suspended, before there was an answer → overdue a quarter of an hour later', async () => {
    const { readLife } = createLifeActivities({ store, registry });
    const { suspendClaim } = createEffectActivities({ store, messenger });
    const now = day(21);
    const report = await readLife({ numberKey, now });
    const [suspend, ask] = report?.duties ?? [];
    if (suspend?.kind !== 'suspend-claim' || !report) throw new Error('the claim is not to be suspended');
    expect(ask?.kind).toBe('ask-same-person');
    await suspendClaim({ numberKey, duty: suspend, at: now, attendBy: report.nextAt, correlator: 'test' });

    expect(await store.numbers.overdue({ now: now + quarterOfAnHour, limit: 1 })).toEqual([]);
    expect(await store.numbers.overdue({ now: now + quarterOfAnHour + 1, limit: 1 })).toEqual([numberKey]);
  });

  it('asked once more → watched over from then on', async () => {
    const { readLife } = createLifeActivities({ store, registry });
    const later = day(22);
    expect((await readLife({ numberKey, now: later }))?.duties).toMatchObject([{ kind: 'ask-same-person' }]);
    expect(await store.numbers.find(numberKey)).toMatchObject({ attendBy: later + quarterOfAnHour });
  });
});
