import { ActivityFailure, proxyActivities, proxyLocalActivities } from '@temporalio/workflow';
import type { createNoticeActivities } from '../../activities/notice/deliver.ts';
import type { NoticeInput } from './contract.ts';

type NoticeActivities = ReturnType<typeof createNoticeActivities>;

const { sendNotice } = proxyActivities<NoticeActivities>({
  // A mail server that takes longer than this to take a short mail won't take it.
  startToCloseTimeout: '30 s',
  // Mail servers are away for hours at times, and mailboxes full for days; RFC 5321 §4.5.4.1 gives up after 4–5 days.
  scheduleToCloseTimeout: '4 days',
  retry: { initialInterval: '5 s', backoffCoefficient: 2, maximumInterval: '1 hour' },
});

const { giveUpNotice } = proxyLocalActivities<NoticeActivities>({ startToCloseTimeout: '5 s' });

/** Delivers one notice, for days if it must, or hands it to support. */
export async function deliverNotice({ noticeId }: NoticeInput): Promise<void> {
  const settled = await sendNotice({ noticeId, at: Date.now() }).catch((error: unknown) => {
    if (error instanceof ActivityFailure) return 'refused';
    throw error;
  });
  if (settled === 'refused') await giveUpNotice({ noticeId, at: Date.now() });
}
