import { log } from '@temporalio/activity';
import type { Registry } from '../../carriers/registry.ts';
import { rulesOf } from '../../carriers/rules.ts';
import type { Instant } from '../../domain/instant.ts';
import { removeAbandonedUsers } from '../../store/abandoned-users.ts';
import type { Store } from '../../store/store.ts';
import type { Messenger } from '../ports.ts';

/** What is found lost at one time; the rest waits for the next sweep, so that one never floods the workers. */
const batch = 500;
/** A woken number sets its own next look within seconds. */
const wokenAgainAfter = 5 * 60_000;
/** A user is created within seconds; what is still pending after this long was left behind by a crash. */
const abandonedAfter = 15 * 60_000;
/** A notice is handed to its workflow at once; what is owed this long had its workflow lost. Delivery itself may take days. */
const noticeLostAfter = 10 * 60_000;

/** Whoever sends an import shows it every few seconds; the longest silence that is borne is a minute. */
const importLostAfter = 15 * 60_000;
/** A part of an import may take five minutes; starting one that runs does nothing. */
const importQuietAfter = 10 * 60_000;
/** An entry is in the ledger milliseconds after it is on its account. */
const bookedAfter = 60_000;
/** As long as an idempotency key is remembered. */
const idempotencyKept = 24 * 3_600_000;

/** Finding what was lost: terminated workflows, crashed writers, records past their time. */
export function createSweepActivities({
  store,
  registry,
  messenger,
}: {
  store: Store;
  registry: Registry;
  messenger: Messenger;
}) {
  const correlator = 'sweep';
  return {
    /** Wakes the numbers that nobody looked after in time. Gives their count. */
    async wakeOverdueNumbers({ now }: { now: Instant }): Promise<number> {
      const numberKeys = await store.numbers.overdue({ now, limit: batch });
      // Those that still can't be helped come again later, and don't stand in the way of the others.
      await store.numbers.attendBy(numberKeys, now + wokenAgainAfter);
      await messenger.wakeNumbers({ numberKeys, correlator });
      return numberKeys.length;
    },

    /** Has notices delivered whose workflow was lost. Gives their count. */
    async resumeOwedNotices({ now }: { now: Instant }): Promise<number> {
      const noticeIds = await store.notices.owedSince({ before: now - noticeLostAfter, limit: batch });
      for (const noticeId of noticeIds) await messenger.deliverNotice({ noticeId, correlator });
      return noticeIds.length;
    },

    /** Has imports run on whose workflow was lost, and drops those that never were received whole. Gives their counts. */
    async resumeImports({ now }: { now: Instant }): Promise<{ resumed: number; dropped: number }> {
      const quiet = await store.imports.quietSince({
        statuses: ['running'],
        before: now - importQuietAfter,
        limit: batch,
      });
      for (const { importId, correlator } of quiet) {
        await messenger.runImport({ importId, correlator });
        await store.imports.touch(importId, now);
      }
      const lost = await store.imports.quietSince({
        statuses: ['receiving', 'dropped'],
        before: now - importLostAfter,
        limit: batch,
      });
      for (const { importId } of lost) await store.imports.drop(importId);
      return { resumed: quiet.length, dropped: lost.length };
    },

    /** Removes what crashes left half made, and records past their time. */
    async tidyUp({ now }: { now: Instant }): Promise<void> {
      await removeAbandonedUsers({
        store,
        rulesOf: (number) => rulesOf(registry, number),
        now: () => now,
        before: now - abandonedAfter,
        limit: batch,
      });
      await store.accounts.bookLeftOver({ before: now - bookedAfter, limit: batch });
      await store.idempotency.deleteOlderThan(now - idempotencyKept);
      // A code that was proven is proven again by the same request, for as long as that may come again.
      await store.verifications.deleteExpired(now - idempotencyKept);
      await store.sessions.deleteExpired(now);
      await store.limits.deleteExpired(now);
      await store.knownAddresses.deleteExpired(now);
    },

    /**
     * Seals the audit records since the last sweep into the hash chain. The digest goes to the log: kept there, away
     * from the store, it shows a chain that was rewritten or cut.
     */
    async sealAudit({ now }: { now: Instant }): Promise<void> {
      const seal = await store.audit.seal({ now });
      if (seal) log.info('The audit is sealed', { ...seal });
    },
  };
}
