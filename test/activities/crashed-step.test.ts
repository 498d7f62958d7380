import { createEffectActivities } from '../../activities/number/effects.ts';
import { createLifeActivities } from '../../activities/number/life.ts';
import { parseRegistry } from '../../carriers/registry.ts';
import { asClaimId, asUserId } from '../../domain/ids.ts';
import type { Duty } from '../../domain/number/plan.ts';
import type { Store } from '../../store/store.ts';
import { claim, day, event } from '../domain/number/events.ts';
import { type CrashPoint, crashable } from '../import/crashing-store.ts';
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

const phone = phoneOf(7);
const numberKey = testHasher.numberKeyOf(phone);
const userId = asUserId('user-1');
const claimId = asClaimId('claim-1');
let deliveries: Set<string>;

const messenger = {
  wakeNumbers: async () => undefined,
  runImport: async () => undefined,
  deliverNotice: async ({ noticeId }: { noticeId: string }) => {
    deliveries.add(noticeId);
  },
};

/** A user with a verified e-mail who holds the number, of which nothing was reported yet. */
async function begin(): Promise<void> {
  for (const model of Object.values(store.users.model.db.models)) await model.deleteMany({});
  deliveries = new Set();
  const home = { province: 'sichuan', system: 'mobile-5g' };
  const history = { events: [], provenAt: [day(10)], phase: 'unknown', freezeEndsAt: null } as const;
  await store.numbers.write([{ numberKey, phone, ...home, ...history, fromVersion: 0 }]);
  await store.users.createPending({
    ...{ userId, nickname: 'nick', email: 'user@example.com', emailVerified: true, passwordHash: null },
    ...{ customerId: null, phone: { numberKey, claimId }, registeredAt: day(10), createdAt: day(10) },
  });
  await store.users.commit(userId);
  await store.claims.claim(numberKey, claim());
}

/** What its carrier reported, all in all. */
async function report(...events: ReturnType<typeof event>[]): Promise<void> {
  const number = await store.numbers.find(numberKey);
  if (!number) throw new Error('no number');
  await store.numbers.write([{ ...number, events, fromVersion: number.version }]);
}

/** One look of the number's life: reads what is asked for and does it, as its workflow does. */
async function look(now: number): Promise<readonly Duty[]> {
  const { readLife } = createLifeActivities({ store, registry });
  const effects = createEffectActivities({ store, messenger });
  const life = await readLife({ numberKey, now });
  for (const duty of life?.duties ?? []) {
    const step = { numberKey, at: now, attendBy: life?.nextAt ?? null, correlator: 'test' };
    if (duty.kind === 'suspend-claim') await effects.suspendClaim({ ...step, duty });
    if (duty.kind === 'restore-claim') await effects.restoreClaim({ ...step, duty });
    if (duty.kind === 'release-claim') await effects.releaseClaim({ ...step, duty });
    if (duty.kind === 'give-back-claim') await effects.giveBackClaim({ ...step, duty });
  }
  return life?.duties ?? [];
}

/** All that came of it, but for the instants. */
async function outcome() {
  const [claims, user, evidence, number] = await Promise.all([
    store.claims.find(numberKey),
    store.users.find(userId),
    store.evidence.ofNumber(numberKey),
    store.numbers.find(numberKey),
  ]);
  return {
    claim: claims?.claim?.state ?? null,
    owed: claims?.owed ?? [],
    released: claims?.released.map(({ cause }) => cause.kind),
    phone: user?.phone ?? null,
    epoch: user?.epoch,
    evidence: evidence.map(({ code }) => code),
    told: [...deliveries].map((noticeId) => noticeId.split(':')[1]).sort(),
    attendBy: number?.attendBy ?? null,
  };
}

const cancelled = event('number.cancelled', 20);
const reclaimed = event('number.reclaimed', 21);
const stories: [what: string, before: () => Promise<unknown>, wanted: object][] = [
  [
    'a suspension',
    () => report(cancelled),
    { claim: 'suspended', epoch: 1, evidence: ['claim.suspended'], told: ['suspended'] },
  ],
  [
    "a release that a carrier's answer led to",
    () =>
      store.claims.noteRecycled({
        ...{ numberKey, claimId, since: claim().stateSince, found: { at: day(20), verdictId: 'verdict-1' } },
      }),
    {
      ...{ claim: null, released: ['recycled'], phone: null, epoch: 1 },
      ...{ evidence: ['claim.released'], told: ['released'] },
    },
  ],
  [
    'a restoration',
    async () => {
      await report(cancelled);
      await look(day(20));
      await report(cancelled, reclaimed);
    },
    {
      claim: 'active',
      epoch: 1,
      evidence: ['claim.suspended', 'claim.restored'],
      told: ['active', 'suspended'],
    },
  ],
  [
    'a release',
    () => report(event('number.reissued', 20)),
    { claim: null, phone: null, epoch: 1, evidence: ['claim.released'], told: ['released'] },
  ],
  [
    'a giving back',
    async () => {
      await report(cancelled);
      await look(day(200));
      await report(cancelled, reclaimed);
    },
    { claim: 'active', phone: { numberKey, claimId }, epoch: 1, told: ['given-back', 'released'] },
  ],
];

describe('a step of a number’s life', () => {
  it.each(stories)(
    '%s, crashed at any write → the next look does the rest, once',
    async (_, before, wanted) => {
      const at = day(201);
      const arrange = async () => {
        await begin();
        await before();
      };
      const freezeOver = wanted && 'claim' in wanted && wanted.claim === 'suspended' ? day(20) : at;
      await arrange();
      const { writes } = await crashing.run(() => look(freezeOver), null);
      const undisturbed = await outcome();
      expect(undisturbed).toMatchObject({ ...wanted, owed: [] });
      expect(writes).toBeGreaterThan(4);

      for (let atWrite = 1; atWrite <= writes; atWrite += 1) {
        for (const side of ['before', 'after'] as const) {
          const point: CrashPoint = { atWrite, side };
          await arrange();
          expect(await crashing.run(() => look(freezeOver), point)).toMatchObject({ crashed: true });
          await look(freezeOver + 10_000);
          expect({ point, ...(await outcome()) }).toEqual({ point, ...undisturbed });
          expect(await look(freezeOver + 20_000)).toEqual([]);
        }
      }
    },
  );
});
