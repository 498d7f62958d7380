import { proxyActivities } from '@temporalio/workflow';
import type { createSweepActivities } from '../../activities/sweep/sweep.ts';

const { wakeOverdueNumbers, resumeOwedNotices, resumeImports, tidyUp, sealAudit } = proxyActivities<
  ReturnType<typeof createSweepActivities>
>({
  // A batch is bounded; a minute means that the store is in trouble, and the next sweep finds the same.
  startToCloseTimeout: '1 minute',
  retry: { maximumAttempts: 3 },
});

/** Looks for what was lost and sets it going again; runs on a schedule. */
export async function sweep(): Promise<void> {
  const now = Date.now();
  await wakeOverdueNumbers({ now });
  await resumeOwedNotices({ now });
  await resumeImports({ now });
  await tidyUp({ now });
  await sealAudit({ now });
}
