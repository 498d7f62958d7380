import { isCancellation, proxyActivities } from '@temporalio/workflow';
import type { createLostMailActivities } from '../../activities/mail/lost-mails.ts';
import type { createLostRequestActivities } from '../../activities/registration/lost-requests.ts';
import type { createSweepActivities } from '../../activities/sweep/sweep.ts';
import type { createLostClosingActivities } from '../../activities/user/lost-closings.ts';

const {
  wakeOverdueNumbers,
  resumeOwedNotices,
  resumeImports,
  resumeClosings,
  tidyUp,
  freeHandles,
  sealAudit,
} = proxyActivities<
  ReturnType<typeof createSweepActivities> & ReturnType<typeof createLostClosingActivities>
>({
  // A batch is bounded; a minute means that the store is in trouble, and the next sweep finds the same.
  startToCloseTimeout: '1 minute',
  retry: { maximumAttempts: 3 },
});

const { resumePhoneRequests } = proxyActivities<ReturnType<typeof createLostRequestActivities>>({
  // As above.
  startToCloseTimeout: '1 minute',
  retry: { maximumAttempts: 3 },
});

const { resumeOwedMails, tidyHandles } = proxyActivities<ReturnType<typeof createLostMailActivities>>({
  // As above.
  startToCloseTimeout: '1 minute',
  retry: { maximumAttempts: 3 },
});

/**
 * Looks for what was lost and sets it going again; runs on a schedule. One kind that can't be looked after doesn't keep
 * the others waiting; the run fails in the end, so that it is seen.
 */
export async function sweep(): Promise<void> {
  const now = Date.now();
  const failures: unknown[] = [];
  for (const step of [
    wakeOverdueNumbers,
    resumeOwedNotices,
    resumeOwedMails,
    resumeImports,
    resumePhoneRequests,
    resumeClosings,
    tidyUp,
    freeHandles,
    tidyHandles,
    sealAudit,
  ]) {
    try {
      await step({ now });
    } catch (error) {
      if (isCancellation(error)) throw error;
      failures.push(error);
    }
  }
  if (failures.length > 0) throw failures[0];
}
