import { asCaseId } from '../../domain/ids.ts';
import type { Instant } from '../../domain/instant.ts';
import { maskPhone } from '../../domain/masking.ts';
import type { MailPort } from '../../ports/mail.ts';
import { MailError } from '../../ports/mail.ts';
import type { Store } from '../../store/store.ts';
import { noticeMail } from './mail-text.ts';

/** What came of one attempt. A passing failure is thrown instead, to be tried again. */
export type Delivery = 'settled' | 'refused';

/** Telling users what happened to their login phone. */
export function createNoticeActivities({ store, mail }: { store: Store; mail: MailPort }) {
  return {
    /** Sends a notice that is still owed, once per notice as far as the mail server recognises its id. */
    async sendNotice({ noticeId, at }: { noticeId: string; at: Instant }): Promise<Delivery> {
      const notice = await store.notices.find(noticeId);
      if (notice?.status !== 'owed') {
        // An attempt before this one may have crashed between the two.
        if (notice?.status === 'delivered')
          await recordOutcome(store, { noticeId, code: 'notice.delivered', at });
        return 'settled';
      }
      const [user, number] = await Promise.all([
        store.users.find(notice.userId),
        store.numbers.find(notice.numberKey),
      ]);
      if (!user?.email || !user.emailVerified || !number) {
        await store.notices.settle({ noticeId, status: 'kept-for-login', at });
        return 'settled';
      }
      try {
        const { subject, text } = noticeMail(notice.kind, maskPhone(number.phone));
        await mail.send({ to: user.email, subject, text, idempotencyKey: noticeId });
      } catch (error) {
        if (error instanceof MailError && error.kind === 'permanent') return 'refused';
        throw error;
      }
      await store.notices.settle({ noticeId, status: 'delivered', at });
      await recordOutcome(store, { noticeId, code: 'notice.delivered', at });
      return 'settled';
    },

    /** Nobody takes the notice: the user is told at the next login, and support knows. */
    async giveUpNotice({ noticeId, at }: { noticeId: string; at: Instant }): Promise<void> {
      const notice = await store.notices.find(noticeId);
      if (!notice) return;
      await store.notices.settle({ noticeId, status: 'undeliverable', at });
      const { numberKey, claimId, userId } = notice;
      const kind = 'undeliverable-notice';
      await store.cases.open({
        caseId: asCaseId(`${claimId}:${kind}`),
        kind,
        numberKey,
        claimId,
        userId,
        openedAt: at,
      });
      await recordOutcome(store, { noticeId, code: 'notice.undeliverable', at });
    },
  };
}

async function recordOutcome(
  store: Store,
  { noticeId, code, at }: { noticeId: string; code: string; at: Instant },
): Promise<void> {
  const notice = await store.notices.find(noticeId);
  if (!notice) return;
  const { numberKey, claimId, userId, kind } = notice;
  await store.evidence.add({
    evidenceId: `${noticeId}:${code}`,
    numberKey,
    kind: 'effect',
    code,
    at,
    actor: 'linekeeper',
    claimId,
    userId,
    details: { notice: kind },
  });
}
