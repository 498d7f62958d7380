import {
  ActivityCancellationType,
  ActivityFailure,
  ApplicationFailure,
  CancellationScope,
  continueAsNew,
  isCancellation,
  proxyActivities,
} from '@temporalio/workflow';
import type { createImportActivities, Progress } from '../../activities/import/import.ts';
import type { ImportUsersInput } from './contract.ts';

type ImportActivities = ReturnType<typeof createImportActivities>;

const { importPart } = proxyActivities<ImportActivities>({
  // 200 lines take a second or two, with passwords to hash ten; a crowded machine some times that.
  startToCloseTimeout: '5 minutes',
  // A worker shows every few seconds that it lives: one that was killed is replaced before a caller wonders.
  heartbeatTimeout: '20 s',
  // A store that is away for a day is a matter for people: then the import fails, and what is done of it stays done.
  scheduleToCloseTimeout: '1 day',
  retry: { initialInterval: '500 ms', backoffCoefficient: 2, maximumInterval: '1 minute' },
  // An import that is cancelled ends after the part under way, so that its counts are right.
  cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
});

const { settleImport } = proxyActivities<ImportActivities>({
  // One write. The end is noted whenever the store is back: no limit on retries.
  startToCloseTimeout: '10 s',
  retry: { initialInterval: '500 ms', backoffCoefficient: 2, maximumInterval: '1 minute' },
});

/** A part takes some six events: a run stays well below the 10,000 at which Temporal begins to warn. */
const partsPerRun = 500;

/**
 * Imports users part by part, in the order of their lines, so that of two lines that want the same the first one has
 * it. Ends when all lines have their results; fails only when a part can't be done, and says why.
 */
export async function importUsers(input: ImportUsersInput): Promise<void> {
  const { importId, correlator } = input;
  let progress: Progress = input.progress ?? { partsDone: 0, imported: 0, rejected: 0 };
  let partsLeft = true;
  try {
    for (let parts = 0; partsLeft && parts < partsPerRun; parts += 1) {
      ({ progress, partsLeft } = await importPart({ importId, progress, correlator }));
    }
  } catch (error) {
    await CancellationScope.nonCancellable(() =>
      settleImport({ importId, status: 'failed', reason: reasonOf(error), correlator }),
    );
    throw error;
  }
  if (partsLeft) await continueAsNew<typeof importUsers>({ importId, correlator, progress });
  await settleImport({ importId, status: 'completed', reason: null, correlator });
}

/** Why an import failed, as a code: the step's own where it gave one. */
function reasonOf(error: unknown): string {
  if (isCancellation(error)) return 'cancelled';
  const cause = error instanceof ActivityFailure ? error.cause : error;
  return cause instanceof ApplicationFailure && cause.nonRetryable && cause.type ? cause.type : 'gave_up';
}
