import { asRegistrationId } from '../../domain/ids.ts';
import type { DurationMs, Instant } from '../../domain/instant.ts';
import type { Store } from '../../store/store.ts';
import type { PhoneRequests, UserChanges } from '../ports.ts';

/** What is found lost at one time; the rest waits for the next sweep, so that one never floods the workers. */
const batch = 500;
/** A request's workflow is started with it. Starting one that runs does nothing. */
const lostAfter: DurationMs = 60_000;

/** Finding requests for numbers whose workflow was lost, or never started because the workflow server was away. */
export function createLostRequestActivities({
  store,
  messenger,
}: {
  store: Store;
  messenger: PhoneRequests & Pick<UserChanges, 'changePhone'>;
}) {
  return {
    /**
     * Has pending requests go on. One that is past its time comes to its end by that too: it is refused at the first
     * look. Gives their count.
     */
    async resumePhoneRequests({ now }: { now: Instant }): Promise<number> {
      const lost = await store.phoneRequests.unseenSince({ before: now - lostAfter, limit: batch });
      for (const { kind, requestId, userId, correlator } of lost) {
        if (kind === 'registration') {
          await messenger.runRegistration({ registrationId: asRegistrationId(requestId), correlator });
        } else {
          await messenger.changePhone({ changeId: requestId, userId, correlator });
        }
      }
      const requestIds = lost.map(({ requestId }) => requestId);
      await store.phoneRequests.seenTo(requestIds, now);
      return lost.length;
    },
  };
}
