import type { ClaimId, NumberKey, UserId } from '../../domain/ids.ts';
import type { Instant } from '../../domain/instant.ts';
import type { NoticeKind } from '../../store/notices.ts';
import type { Store } from '../../store/store.ts';
import type { Messenger } from '../ports.ts';

/** What a step on a claim led to. `step` names the thing and the step, so that what is done twice happens once. */
export interface Effect {
  readonly numberKey: NumberKey;
  readonly claimId: ClaimId;
  readonly userId: UserId;
  readonly step: string;
  readonly code: string;
  readonly at: Instant;
  readonly details?: Record<string, string | number | null>;
}

/** Puts an effect on the number's timeline, once. */
export const recordEffect = (store: Store, { step, details = {}, ...effect }: Effect): Promise<void> =>
  store.evidence.add({ evidenceId: step, kind: 'effect', actor: 'linekeeper', details, ...effect });

/**
 * Tells the user of an effect, once: at a verified e-mail, never by SMS, for the phone may be a stranger's by now. Else
 * at the next login.
 */
export async function tellUser(
  { store, messenger }: { store: Store; messenger: Pick<Messenger, 'deliverNotice'> },
  {
    kind,
    effect: { step, numberKey, claimId, userId, at },
    correlator,
  }: { kind: NoticeKind; effect: Effect; correlator: string },
): Promise<void> {
  const noticeId = `${step}:notice`;
  await store.notices.owe({ noticeId, kind, userId, numberKey, claimId, owedSince: at });
  const user = await store.users.find(userId);
  if (user?.email && user.emailVerified) await messenger.deliverNotice({ noticeId, correlator });
  else await store.notices.settle({ noticeId, status: 'kept-for-login', at });
}
