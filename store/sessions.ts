import type { Connection } from 'mongoose';
import type { UserId } from '../domain/ids.ts';
import type { Instant } from '../domain/instant.ts';
import { modelOf } from './schema.ts';

/** A login of a user, good while its epoch is the user's. */
export interface Session {
  /** Keyed hash of the session token; the token itself is nowhere. */
  tokenHash: string;
  userId: UserId;
  epoch: number;
  createdAt: Instant;
  expiresAt: Instant;
}

interface SessionDoc extends Omit<Session, 'tokenHash'> {
  _id: string;
}

/** Sessions, by the hash of their token. */
export function createSessions({ connection }: { connection: Connection }) {
  const model = modelOf<SessionDoc>(connection, {
    name: 'sessions',
    fields: {
      userId: { type: String, required: true },
      epoch: { type: Number, required: true },
      createdAt: { type: Number, required: true },
      expiresAt: { type: Number, required: true },
    },
    indexes: [{ serves: 'sessions_of_a_user', keys: { userId: 1 } }],
  });

  return {
    model,

    async open({ tokenHash, ...rest }: Session): Promise<void> {
      await model.create({ _id: tokenHash, ...rest });
    },

    /** The session of a token, if it hasn't expired and nothing has raised its user's epoch since it was opened. */
    async live({
      tokenHash,
      epochOf,
      now,
    }: {
      tokenHash: string;
      epochOf: (userId: UserId) => Promise<number | null>;
      now: Instant;
    }): Promise<Session | null> {
      const doc = await model.findById(tokenHash).lean<SessionDoc>();
      if (!doc || doc.expiresAt <= now) return null;
      const { _id, ...rest } = doc;
      return (await epochOf(rest.userId)) === rest.epoch ? { ...rest, tokenHash: _id } : null;
    },
  };
}
