import { randomBytes, randomUUID } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { asSessionId, type SessionId, type UserId } from '../../domain/ids.ts';
import type { DurationMs, Instant } from '../../domain/instant.ts';
import type { NumberHasher } from '../../platform/hashing.ts';
import type { Session } from '../../store/sessions.ts';
import type { Store } from '../../store/store.ts';
import type { PasswordOrigin, User } from '../../store/users.ts';
import { Problem } from '../problem.ts';

/** The header that carries a session token. */
export const USER_SESSION_HEADER = 'x-user-session';

/** A session whose token came with a request, and its user as both were read for it. */
export interface UserSession {
  readonly sessionId: SessionId;
  readonly userId: UserId;
  readonly user: User;
  /** How the user logged in. */
  readonly method: Session['method'];
  /** When the user logged in. */
  readonly createdAt: Instant;
}

/** The login of a session, where it was by a code of the user's phone; null for any other. */
export function loginByCodeOf({
  method,
  createdAt,
  user: { phone },
}: Pick<UserSession, 'method' | 'createdAt' | 'user'>): PasswordOrigin | null {
  return method === 'code' && phone ? { claimId: phone.claimId, at: createdAt } : null;
}

/** Calls that change how a user is reached or known need a login that is no older than this. */
const freshFor: DurationMs = 5 * 60_000;

/** `<id>.<secret>`: the id finds the session, of the secret only a hash is kept. */
const TOKEN = /^([\w-]{1,64})\.([\w-]{43})$/;

/** A new session token, with what is kept of it. */
export function newSessionToken(hasher: Pick<NumberHasher, 'blindIndex'>): {
  sessionId: SessionId;
  sessionToken: string;
  secretHash: string;
} {
  const sessionId = asSessionId(randomUUID());
  const secret = randomBytes(32).toString('base64url');
  return { sessionId, sessionToken: `${sessionId}.${secret}`, secretHash: hashOf(hasher, secret) };
}

const hashOf = (hasher: Pick<NumberHasher, 'blindIndex'>, secret: string): string =>
  hasher.blindIndex('session-secret', secret);

/** Reads the session of a request. Throws a `Problem`. */
export type SessionCheck = (request: {
  headers: IncomingHttpHeaders;
  /** Whose session it has to be; undefined where the path doesn't say. */
  userId: string | undefined;
  /** `fresh`: the login is at most 5 minutes ago. */
  needs: 'live' | 'fresh';
}) => Promise<UserSession>;

/**
 * Makes the check of user sessions. Each use reads the user and compares epochs, so that a session ends with the very
 * write that raises the epoch. Throws `session_required`, the same for a token that is missing, made up, ended or
 * another user's; and `reauthentication_required`.
 */
export function createSessionCheck({
  store,
  hasher,
  now,
}: {
  store: Pick<Store, 'sessions' | 'users'>;
  hasher: Pick<NumberHasher, 'blindIndex'>;
  now: () => Instant;
}): SessionCheck {
  return async ({ headers, userId, needs }) => {
    const sent = headers[USER_SESSION_HEADER];
    const [, id, secret] = TOKEN.exec(typeof sent === 'string' ? sent : '') ?? [];
    if (id === undefined || secret === undefined) throw new Problem('session_required');
    const session = await store.sessions.find({
      sessionId: asSessionId(id),
      secretHash: hashOf(hasher, secret),
      now: now(),
    });
    const user = session && (await store.users.find(session.userId));
    if (user?.status !== 'open' || user.epoch !== session?.epoch) throw new Problem('session_required');
    if (userId !== undefined && userId !== user.userId) throw new Problem('session_required');
    if (needs === 'fresh' && now() - session.createdAt > freshFor) {
      throw new Problem('reauthentication_required');
    }
    const { sessionId, method, createdAt } = session;
    return { sessionId, userId: user.userId, user, method, createdAt };
  };
}
