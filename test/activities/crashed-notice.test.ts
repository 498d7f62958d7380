import { createNoticeActivities } from '../../activities/notice/deliver.ts';
import { asClaimId, asUserId } from '../../domain/ids.ts';
import type { Store } from '../../store/store.ts';
import { day } from '../domain/number/events.ts';
import { crashable } from '../import/crashing-store.ts';
import { phoneOf } from '../import/new-users.ts';
import { openTestStore, testHasher } from '../store/open-store.ts';

let store: Store;
let close: () => Promise<void>;
let crashing: ReturnType<typeof crashable>;
beforeAll(async () => {
  ({ store, close } = await openTestStore());
  crashing = crashable(store);
});
afterAll(() => close());

const phone = phoneOf(8);
const numberKey = testHasher.numberKeyOf(phone);
const userId = asUserId('user-1');
const claimId = asClaimId('claim-1');
const noticeId = 'claim-1:released:1:notice';

/** A notice that is owed to a user with a verified e-mail. */
async function owe(): Promise<void> {
  for (const model of Object.values(store.users.model.db.models)) await model.deleteMany({});
  const home = { province: 'sichuan', system: 'mobile-5g' };
  const history = { events: [], provenAt: [], phase: 'unknown', freezeEndsAt: null } as const;
  await store.numbers.write([{ numberKey, phone, ...home, ...history, fromVersion: 0 }]);
  await store.users.createPending({
    ...{ userId, nickname: 'nick', email: 'user@example.com', emailVerified: true, passwordHash: null },
    ...{ customerId: null, phone: null, registeredAt: day(1), createdAt: day(1) },
  });
  await store.users.commit(userId);
  await store.notices.owe({
    noticeId,
    kind: 'claim-released',
    userId,
    numberKey,
    claimId,
    owedSince: day(2),
  });
}

const outcome = async () => ({
  status: (await store.notices.find(noticeId))?.status,
  evidence: (await store.evidence.ofNumber(numberKey)).map(({ code }) => code),
});

describe('the delivery of a notice', () => {
  it.each(['sendNotice', 'giveUpNotice'] as const)(
    '%s crashed at any write, then tried again → one outcome, and the timeline tells it',
    async (step) => {
      const keys: string[] = [];
      const mail = { send: async (sent: { idempotencyKey: string }) => void keys.push(sent.idempotencyKey) };
      const work = () => createNoticeActivities({ store, mail })[step]({ noticeId, at: day(3) });
      await owe();
      const { writes } = await crashing.run(work, null);
      const undisturbed = await outcome();
      expect(undisturbed.evidence).toHaveLength(1);
      expect(undisturbed.status).not.toBe('owed');

      for (let atWrite = 1; atWrite <= writes; atWrite += 1) {
        for (const side of ['before', 'after'] as const) {
          await owe();
          expect(await crashing.run(work, { atWrite, side })).toMatchObject({ crashed: true });
          await work();
          expect({ atWrite, side, ...(await outcome()) }).toEqual({ atWrite, side, ...undisturbed });
        }
      }
      // A mail may go out twice, but every time under the id by which mail servers know it.
      expect(new Set(keys).size).toBe(step === 'sendNotice' ? 1 : 0);
    },
  );
});
