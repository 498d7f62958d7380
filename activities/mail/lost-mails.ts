import type { DurationMs, Instant } from '../../domain/instant.ts';
import { finishHandleChanges } from '../../store/handle-change.ts';
import type { Store } from '../../store/store.ts';
import type { Mails } from '../ports.ts';

/** As many at one time as of the others that the sweep finds. */
const batch = 500;
/** Somebody sits in front of the mail box; starting the workflow of one that is on its way does nothing. */
const mailLostAfter: DurationMs = 60_000;
/** As long as an idempotency key is remembered: the same request may use its token again. */
const tokenKept: DurationMs = 24 * 3_600_000;

/** Finding mails whose workflow was lost, and changes of handles that crashes left half done. */
export function createLostMailActivities({
  store,
  messenger,
}: {
  store: Pick<Store, 'emailTokens' | 'handles' | 'users'>;
  messenger: Mails;
}) {
  return {
    /** Has mails sent whose workflow was lost. Gives their count. */
    async resumeOwedMails({ now }: { now: Instant }): Promise<number> {
      const owed = await store.emailTokens.owedSince({ before: now - mailLostAfter, limit: batch });
      for (const mail of owed) await messenger.deliverMail(mail);
      return owed.length;
    },

    /** Finishes changes of nicknames and e-mails, or takes them back, and removes tokens past their time. */
    async tidyHandles({ now }: { now: Instant }): Promise<void> {
      await finishHandleChanges(store, { now, limit: batch });
      await store.emailTokens.deleteExpired(now - tokenKept);
    },
  };
}
