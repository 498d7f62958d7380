import { createClosingActivities } from '../../activities/user/closing.ts';
import type { Claim } from '../../domain/claim.ts';
import { asAccountId, asClaimId, asUserId, type NumberKey, type UserId } from '../../domain/ids.ts';
import type { Store } from '../../store/store.ts';
import { claim, day } from '../domain/number/events.ts';
import { phoneOf } from '../import/new-users.ts';
import { testHasher } from '../store/open-store.ts';

/** The user that leaves, with the number that it holds. */
export const userId = asUserId('leaver');
export const phone = phoneOf(7);
export const numberKey = testHasher.numberKeyOf(phone);
export const claimId = asClaimId('claim-1');
export const balance = asAccountId('leaver-balance');
export const points = asAccountId('leaver-points');
export const now = day(30);

/** What is started and told, by what it is about. */
export function recordingMessenger() {
  const woken: NumberKey[] = [];
  const told: string[] = [];
  return {
    woken,
    told,
    wakeNumbers: async ({ numberKeys }: { numberKeys: readonly NumberKey[] }) =>
      void woken.push(...numberKeys),
    deliverNotice: async ({ noticeId }: { noticeId: string }) => void told.push(noticeId),
    runImport: async () => undefined,
  };
}

/** A number of which nothing was reported yet. */
export async function knownNumber(store: Store, index: number): Promise<NumberKey> {
  const key = testHasher.numberKeyOf(phoneOf(index));
  const home = { province: 'sichuan', system: 'mobile-5g' };
  const history = { events: [], provenAt: [day(10)], phase: 'unknown', freezeEndsAt: null } as const;
  await store.numbers.write([{ numberKey: key, phone: phoneOf(index), ...home, ...history, fromVersion: 0 }]);
  return key;
}

/** Empties the store, and puts an open user there who holds a number, with handles, money-less accounts and some points. */
export async function begin(store: Store, held: Partial<Claim> = {}): Promise<void> {
  for (const model of Object.values(store.users.model.db.models)) await model.deleteMany({});
  await knownNumber(store, 7);
  await store.users.createPending({
    ...{ userId, nickname: 'nick', email: 'user@example.com', emailVerified: true, passwordHash: 'hash' },
    ...{ customerId: null, phone: { numberKey, claimId }, registeredAt: day(10), createdAt: day(10) },
  });
  await store.users.commit(userId);
  await store.handles.reserve({ kind: 'nickname', normalised: 'nick', userId });
  await store.handles.reserve({ kind: 'email', normalised: 'user@example.com', userId });
  await store.claims.claim(numberKey, { ...claim(), claimId, userId, ...held });
  await store.accounts.open({ accountId: balance, userId, kind: 'balance' });
  await store.accounts.open({ accountId: points, userId, kind: 'points' });
  const gift = { entryId: 'gift', accountId: points, amount: 7, source: 'gift', at: day(11) };
  await store.accounts.topUp(gift);
}

/** The steps of a closing in their order, as its workflow takes them. */
export async function closeAsWorkflow(
  tools: Parameters<typeof createClosingActivities>[0],
  user: UserId = userId,
): Promise<void> {
  const steps = createClosingActivities(tools);
  const at = now;
  const begun = await steps.shutAccounts({ userId: user, at });
  if (begun.kind === 'over') return;
  if (begun.kind === 'refused') {
    await steps.settleClosing({ userId: user, at, end: { status: 'refused', reason: begun.code } });
    return;
  }
  do await steps.leaveLoginPhone({ userId: user, at, correlator: 'test' });
  while (!(await steps.markClosed({ userId: user })));
  await steps.settleClosing({ userId: user, at, end: { status: 'closed' } });
}
