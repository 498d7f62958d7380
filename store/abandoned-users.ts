import type { Instant } from '../domain/instant.ts';
import { wasMade } from './claim-doc.ts';
import { settleClaims } from './new-claim.ts';
import { type NewUserTools, withdraw } from './new-user-steps.ts';
import type { UserPhone } from './users.ts';

/**
 * Looks after users left pending since before an instant, but for those that wait for a number to be decided on: one whose claim was made is opened, any other is removed
 * with all that was written for it. Gives how many of each.
 */
export async function removeAbandonedUsers({
  before,
  limit,
  ...tools
}: NewUserTools & { before: Instant; limit: number }): Promise<{
  opened: number;
  removed: number;
}> {
  const { store, now } = tools;
  let opened = 0;
  let removed = 0;
  const pending = await store.users.pendingSince({ before, limit });
  const waiting = await store.phoneRequests.waiting(pending.map(({ userId }) => userId));
  for (const user of pending.filter(({ userId }) => !waiting.has(userId))) {
    const { userId, phone } = user;
    if (phone && (await wasClaimed(tools, phone))) {
      await settleClaims(tools, [phone]);
      if (await store.users.commit(userId)) opened += 1;
    } else if (await store.users.abandon(userId, now())) {
      await withdraw(tools, user);
      removed += 1;
    }
  }
  // By now nobody writes for these any more. What a slow writer left after they were abandoned goes with them.
  for (const user of await store.users.abandonedSince({ before, limit })) {
    await withdraw(tools, user);
    await store.users.forget(user.userId);
  }
  return { opened, removed };
}

/** Whether the claim was made, also if it ended since. */
async function wasClaimed({ store }: NewUserTools, { numberKey, claimId }: UserPhone): Promise<boolean> {
  const claims = await store.claims.find(numberKey);
  return claims !== null && wasMade(claims, claimId);
}
