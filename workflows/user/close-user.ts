import { proxyLocalActivities } from '@temporalio/workflow';
import type { createClosingActivities } from '../../activities/user/closing.ts';
import type { CloseUserInput } from './contract.ts';

const ours = proxyLocalActivities<ReturnType<typeof createClosingActivities>>({
  // Each is a handful of writes by `_id`. A closing that was taken up is finished, however long the store is away.
  startToCloseTimeout: '30 s',
  retry: { initialInterval: '200 ms', backoffCoefficient: 2, maximumInterval: '10 s' },
});

/**
 * Closes a user that asked for it: nothing may come onto its accounts any more, its number is free for others, and then
 * it is closed. Refused with money on an account; up to there everything stays as it was.
 */
export async function closeUser({ userId, correlator }: CloseUserInput): Promise<void> {
  const begun = await ours.shutAccounts({ userId, at: Date.now() });
  if (begun.kind === 'over') return;
  if (begun.kind === 'refused') {
    await ours.settleClosing({ userId, at: Date.now(), end: { status: 'refused', reason: begun.code } });
    return;
  }
  // A number's life may give a former phone back between the two.
  do await ours.leaveLoginPhone({ userId, at: Date.now(), correlator });
  while (!(await ours.markClosed({ userId })));
  await ours.settleClosing({ userId, at: Date.now(), end: { status: 'closed' } });
}
