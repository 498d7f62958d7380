import type { DurationMs, Instant } from '../../domain/instant.ts';
import { freeHandlesOfClosed } from '../../store/closed-users.ts';
import type { Store } from '../../store/store.ts';
import type { UserChanges } from '../ports.ts';

/** What is found at one time; the rest waits for the next sweep, so that one never floods the workers. */
const batch = 500;
/** A closing takes milliseconds; starting one that runs does nothing. */
const lostAfter = 60_000;

/** Looking after closings whose workflow was lost, and after what closed users still hold. */
export function createLostClosingActivities({
  store,
  messenger,
  handlesKept,
}: {
  store: Pick<Store, 'closings' | 'handles' | 'users'>;
  messenger: Pick<UserChanges, 'closeUser'>;
  handlesKept: DurationMs;
}) {
  return {
    /** Has users closed whose closing's workflow was lost, or never started. Gives their count. */
    async resumeClosings({ now }: { now: Instant }): Promise<number> {
      const lost = await store.closings.unseenSince({ before: now - lostAfter, limit: batch });
      for (const { userId, correlator } of lost) {
        await messenger.closeUser({ userId, correlator });
        await store.closings.seenTo(userId, now);
      }
      return lost.length;
    },

    /** Lets others have the nicknames and e-mails of users that were closed long ago. Gives how many users. */
    async freeHandles({ now }: { now: Instant }): Promise<number> {
      return freeHandlesOfClosed({ store, before: now - handlesKept, limit: batch });
    },
  };
}
