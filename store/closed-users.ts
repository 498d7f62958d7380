import type { Email, Nickname } from '../domain/handle.ts';
import type { Instant } from '../domain/instant.ts';
import { handlesOf } from './new-user-records.ts';
import type { Store } from './store.ts';

/**
 * Frees the nicknames and e-mails of users that were closed before an instant: from then on anybody may take them. Until
 * then nobody else can be taken for the user that was closed. Tells how many users.
 */
export async function freeHandlesOfClosed({
  store,
  before,
  limit,
}: {
  store: Pick<Store, 'closings' | 'handles' | 'users'>;
  before: Instant;
  limit: number;
}): Promise<number> {
  const userIds = await store.closings.holdingHandles({ before, limit });
  for (const user of await store.users.findMany(userIds)) {
    const { userId, nickname, email, emailVerified } = user;
    const handles = handlesOf(userId, {
      nickname: nickname as Nickname | null,
      email: email === null ? null : { address: email as Email, verified: emailVerified },
    });
    for (const handle of handles) await store.handles.free(handle);
    // The document names what is to be freed: it forgets them last.
    await store.users.forgetHandles(userId);
    await store.closings.handlesFreed(userId);
  }
  return userIds.length;
}
