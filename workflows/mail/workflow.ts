import { ActivityFailure, isCancellation, proxyActivities } from '@temporalio/workflow';
import type { createMailActivities } from '../../activities/mail/send.ts';
import type { MailInput } from './contract.ts';

const { sendTokenMail } = proxyActivities<ReturnType<typeof createMailActivities>>({
  // A mail server that takes longer than this to take a short mail won't take it.
  startToCloseTimeout: '30 s',
  // No token is good for longer; each attempt looks whether it still is. Whoever wants it waits, and asks again.
  scheduleToCloseTimeout: '1 day',
  retry: { initialInterval: '2 s', backoffCoefficient: 2, maximumInterval: '10 minutes' },
});

/** Sends the mail of one token while the token is good. What can't be sent by then is wanted by nobody any more. */
export async function deliverMail({ tokenId }: MailInput): Promise<void> {
  try {
    await sendTokenMail({ tokenId, at: Date.now() });
  } catch (error) {
    if (isCancellation(error) || !(error instanceof ActivityFailure)) throw error;
  }
}
