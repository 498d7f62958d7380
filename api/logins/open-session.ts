import type { NumberKey } from '../../domain/ids.ts';
import { type DurationMs, formatInstant, type Instant } from '../../domain/instant.ts';
import { namesToAskFor } from '../../domain/login.ts';
import { maskPhone } from '../../domain/masking.ts';
import type { NumberHasher } from '../../platform/hashing.ts';
import type { Notice } from '../../store/notices.ts';
import type { Session } from '../../store/sessions.ts';
import type { Store } from '../../store/store.ts';
import type { User } from '../../store/users.ts';
import { newSessionToken } from '../middleware/user-session.ts';
import type { LoginView, NoticeView } from '../schemas/session.ts';

/** Somebody who was let in. */
export interface Admitted {
  /** As read before anything was checked that let it in: the session holds for that epoch alone. */
  readonly user: User;
  readonly method: Session['method'];
  /** Whether the user's login phone is its own as far as is known. */
  readonly phoneIsCurrent: boolean;
}

/** What sessions are opened with. */
export interface SessionTools {
  readonly store: Pick<Store, 'notices' | 'numbers' | 'sessions'>;
  readonly hasher: Pick<NumberHasher, 'blindIndex'>;
  readonly lifetime: DurationMs;
}

/**
 * Opens a session for a user that was let in, and tells it what could not be told by mail, once. Whatever ended the
 * user's epoch since it was read has ended this session too.
 */
export async function openSession(
  { store, hasher, lifetime }: SessionTools,
  { user, method, phoneIsCurrent }: Admitted,
  now: Instant,
): Promise<LoginView> {
  const { userId, epoch } = user;
  const { sessionId, sessionToken, secretHash } = newSessionToken(hasher);
  const expiresAt = now + lifetime;
  const [kept] = await Promise.all([
    store.notices.keptFor(userId),
    store.sessions.open({ sessionId, secretHash, userId, epoch, method, createdAt: now, expiresAt }),
  ]);
  const notices = await noticeViews(store, kept);
  // Once the session is there: a login that failed halfway has told nobody anything.
  await store.notices.tell({ noticeIds: kept.map(({ noticeId }) => noticeId), at: now });
  const asksFor = namesToAskFor(user, { isCurrent: phoneIsCurrent });
  return {
    userId,
    sessionToken,
    expiresAt: formatInstant(expiresAt),
    ...(notices.length === 0 ? {} : { notices }),
    ...(asksFor.length === 0 ? {} : { asksFor: [...asksFor] }),
  };
}

async function noticeViews(store: Pick<Store, 'numbers'>, notices: readonly Notice[]): Promise<NoticeView[]> {
  if (notices.length === 0) return [];
  const keys: NumberKey[] = [...new Set(notices.map(({ numberKey }) => numberKey))];
  const numbers = new Map(
    (await store.numbers.findMany(keys)).map(({ numberKey, phone }) => [numberKey, maskPhone(phone)]),
  );
  return notices.map(({ kind, owedSince, numberKey }) => ({
    kind,
    at: formatInstant(owedSince),
    phone: numbers.get(numberKey) ?? null,
  }));
}
