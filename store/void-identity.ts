import type { ClaimId, UserId } from '../domain/ids.ts';
import type { Instant } from '../domain/instant.ts';
import type { Store } from './store.ts';

/**
 * Takes away an identity that somebody gave a user on nothing but a code of a claim's phone, at or after an instant: it
 * may be the number's next holder's, whom its carrier confirms. True where there was one, also where it was taken away
 * before. None may be given by that code any more: the caller has ended the epoch in which it was proven.
 */
export async function voidIdentity(
  store: Pick<Store, 'customers' | 'users'>,
  { userId, claimId, since }: { userId: UserId; claimId: ClaimId; since: Instant },
): Promise<boolean> {
  const user = await store.users.find(userId);
  const origin = user?.customerOrigin;
  if (origin?.claimId !== claimId || origin.at < since) return false;
  const customerId = user?.customerId;
  if (origin.isVoid || !customerId) return true;
  // First the person, for one that no user names would stay for ever.
  await store.customers.remove(customerId);
  await store.users.dropCustomer({ userId, customerId, claimId });
  return true;
}
