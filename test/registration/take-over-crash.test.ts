import { createEffectActivities } from '../../activities/number/effects.ts';
import type { NumberKey } from '../../domain/ids.ts';
import { createUser } from '../../store/new-user.ts';
import { register, registeredUserId } from '../../store/registration.ts';
import type { Store } from '../../store/store.ts';
import { type CrashPoint, crashable } from '../import/crashing-store.ts';
import { claimedAt, contents, day, empty, now, richUser, toolsOf } from '../import/new-users.ts';
import { openTestStore, testPasswords } from '../store/open-store.ts';
import { registrationTools, richApplicant } from './applicants.ts';
import { createTown } from './town.ts';

let store: Store;
let close: () => Promise<void>;
let crashing: ReturnType<typeof crashable>;
let town: ReturnType<typeof createTown>;

beforeAll(async () => {
  ({ store, close } = await openTestStore());
  crashing = crashable(store);
});
afterAll(() => close());

const applicant = richApplicant(1);
const { registrationId, numberKey } = applicant;
const userId = registeredUserId(registrationId);
const former = richUser('import-1:1', 1);

/** A number that somebody holds since 2024, and that somebody else proved just now. */
async function begin(joinedAt: number): Promise<void> {
  await empty(store);
  town = createTown(store, now);
  town.scripted.says({ line: { joined: { precision: 'second', at: joinedAt } }, match: 'no-match' });
  const made = await createUser(
    { ...toolsOf(store), passwords: testPasswords },
    {
      ...former,
      nickname: null,
    },
  );
  if (!made.ok) throw new Error(made.code);
  const came = await register(registrationTools(store), applicant);
  expect(came).toMatchObject({ kind: 'asks-for-verdict' });
}

/** All that came of it, but for how often the carrier was asked. */
async function outcome() {
  const { users, evidence, claims, ...rest } = await contents(store);
  const request = await store.phoneRequests.find(registrationId);
  return {
    ...rest,
    claims,
    // Mails that were asked for twice are two tokens, of which the last one counts.
    users: users.map(({ emailAsked: _, ...user }) => user),
    evidence: evidence
      .map(({ code, _id }) =>
        String(code).startsWith('verdict.') || String(_id).endsWith(':decision') ? code : _id,
      )
      .filter((each, index, all) => all.indexOf(each) === index)
      .sort(),
    notices: [...town.delivered].sort(),
    request,
  };
}

const holdersOf = async (key: NumberKey) => {
  const { users } = await contents(store);
  const claims = await store.claims.find(key);
  return {
    claim: claims?.claim?.userId,
    phones: users.filter(({ phone, status }) => phone !== null && status === 'open').map(({ _id }) => _id),
  };
};

const stories: [what: string, joinedAt: number, wanted: object][] = [
  ['a take-over', claimedAt + 300 * day, { status: 'registered', userId, formerHolderReleased: true }],
  ['a refusal', claimedAt - 300 * day, { status: 'refused', reason: 'number_undecided' }],
];

describe('a worker that dies', () => {
  it.each(stories)(
    'I1, I3, I8: at any write of %s, then tried again → the same end, once, and nothing left over',
    async (_, joinedAt, wanted) => {
      await begin(joinedAt);
      const { writes } = await crashing.run(() => town.goOn(registrationId), null);
      expect(await town.goOn(registrationId)).toEqual(wanted);
      const undisturbed = await outcome();
      expect(writes).toBeGreaterThan(6);
      for (let atWrite = 1; atWrite <= writes; atWrite += 1) {
        for (const side of ['before', 'after'] as const) {
          const point: CrashPoint = { atWrite, side };
          await begin(joinedAt);
          expect(await crashing.run(() => town.goOn(registrationId), point)).toMatchObject({ crashed: true });
          expect(await town.goOn(registrationId)).toEqual(wanted);
          expect({ point, ...(await outcome()) }).toEqual({ point, ...undisturbed });
          expect(await town.goOn(registrationId)).toEqual(wanted);
          await town.sweep(now + 60 * 60_000);
          expect({ point, ...(await holdersOf(numberKey)) }).toEqual({
            point,
            ...(wanted && 'userId' in wanted
              ? { claim: userId, phones: [userId] }
              : { claim: expect.any(String), phones: [expect.not.stringMatching(userId)] }),
          });
        }
      }
    },
    60_000,
  );

  it('for good, at any write of a take-over → the sweep has it go on, and its user is not taken for abandoned', async () => {
    const [, joinedAt] = stories[0] ?? ['', 0];
    await begin(joinedAt);
    const { writes } = await crashing.run(() => town.goOn(registrationId), null);
    const later = now + 20 * 60_000;
    for (let atWrite = 1; atWrite <= writes; atWrite += 1) {
      await begin(joinedAt);
      await crashing.run(() => town.goOn(registrationId), { atWrite, side: 'after' });
      const { status } = (await store.phoneRequests.find(registrationId)) ?? {};
      await town.sweep(later);
      expect((await store.users.find(userId))?.status).not.toBe('abandoned');
      expect(town.started).toEqual(status === 'pending' ? [registrationId] : []);
      const end = await town.goOn(registrationId, later);
      const { claim, phones } = await holdersOf(numberKey);
      expect(end?.status).toBe(claim === userId ? 'registered' : 'refused');
      expect(phones).toEqual([claim]);
    }
  }, 60_000);

  it('between the verdict and the take-over, and no other for a quarter of an hour → refused, nobody released', async () => {
    const [, joinedAt] = stories[0] ?? ['', 0];
    const late = applicant.proof.provenAt + 15 * 60_000;
    await begin(joinedAt);
    const before = await holdersOf(numberKey);
    expect(await town.goOn(registrationId, now, late)).toEqual({
      status: 'refused',
      reason: 'number_undecided',
    });
    expect(await holdersOf(numberKey)).toEqual(before);
    expect(town.delivered.size).toBe(0);
    await begin(joinedAt);
    expect(await town.goOn(registrationId, now, late - 1)).toMatchObject({ status: 'registered' });
  });

  it('after the take-over was written → the number’s life does what is owed to the former user', async () => {
    const [, joinedAt] = stories[0] ?? ['', 0];
    await begin(joinedAt);
    const claims = async () => store.claims.find(numberKey);
    for (let atWrite = 1; (await claims())?.claim?.userId !== userId; atWrite += 1) {
      await begin(joinedAt);
      await crashing.run(() => town.goOn(registrationId), { atWrite, side: 'after' });
    }
    const [duty] = (await claims())?.owed ?? [];
    if (duty?.kind !== 'release-claim') throw new Error('nothing is owed');
    const messenger = {
      wakeNumbers: async () => undefined,
      runImport: async () => undefined,
      deliverNotice: async ({ noticeId }: { noticeId: string }) => void town.delivered.add(noticeId),
    };
    const { releaseClaim } = createEffectActivities({ store, messenger });
    await releaseClaim({ numberKey, duty, at: now, attendBy: null, correlator: 'test' });
    expect(await claims()).toMatchObject({ claim: { userId }, owed: [] });
    expect(await store.users.find(duty.userId)).toMatchObject({ phone: null, epoch: 1, status: 'open' });
    expect(town.delivered.size).toBe(1);
    expect(await town.goOn(registrationId)).toMatchObject({ status: 'registered' });
    expect(town.delivered.size).toBe(1);
  });
});
