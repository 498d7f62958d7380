import type { z } from 'zod';
import type { SessionId } from '../../domain/ids.ts';
import { formatInstant } from '../../domain/instant.ts';
import type { Session } from '../../store/sessions.ts';
import type { sessionListSchema } from '../schemas/session.ts';

type SessionView = z.input<typeof sessionListSchema>['items'][number];

/** Sessions as their user sees them; `own` is the one that asks. */
export const sessionViews = (sessions: readonly Session[], own: SessionId): SessionView[] =>
  sessions.map(({ sessionId, method, createdAt, expiresAt }) => ({
    sessionId,
    method,
    createdAt: formatInstant(createdAt),
    expiresAt: formatInstant(expiresAt),
    isCurrent: sessionId === own,
  }));
