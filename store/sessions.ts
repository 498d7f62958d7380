import { timingSafeEqual } from 'node:crypto';
import type { Connection } from 'mongoose';
import type { SessionId, UserId } from '../domain/ids.ts';
import type { Instant } from '../domain/instant.ts';
import { modelOf } from './schema.ts';

/** A login of a user, good while its epoch is the user's. */
export interface Session {
  sessionId: SessionId;
  /** Keyed hash of the secret half of the session token; the token itself is nowhere. */
  secretHash: string;
  userId: UserId;
  /** The user's epoch as it was read before anything that let the user in was checked. */
  epoch: number;
  /** How the user logged in. */
  method: 'password' | 'code';
  /** When the user logged in. */
  createdAt: Instant;
  expiresAt: Instant;
}

interface SessionDoc extends Omit<Session, 'sessionId'> {
  _id: string;
}

/** Sessions, by their id. Whether one is good also depends on its user's epoch, which whoever uses it compares. */
export function createSessions({ connection }: { connection: Connection }) {
  const model = modelOf<SessionDoc>(connection, {
    name: 'sessions',
    fields: {
      secretHash: { type: String, required: true },
      userId: { type: String, required: true },
      epoch: { type: Number, required: true },
      method: { type: String, required: true },
      createdAt: { type: Number, required: true },
      expiresAt: { type: Number, required: true },
    },
    indexes: [
      { serves: 'sessions_of_a_user', keys: { userId: 1 } },
      { serves: 'sweep_sessions_past_their_end', keys: { expiresAt: 1 } },
    ],
  });

  const open = ({ _id, ...rest }: SessionDoc): Session => ({ ...rest, sessionId: _id as SessionId });

  return {
    model,

    async open({ sessionId, ...rest }: Session): Promise<void> {
      await model.create({ _id: sessionId as string, ...rest });
    },

    /** The session of that id, if the secret is its own and it hasn't expired. The caller compares the epochs. */
    async find({
      sessionId,
      secretHash,
      now,
    }: {
      sessionId: SessionId;
      secretHash: string;
      now: Instant;
    }): Promise<Session | null> {
      const doc = await model.findById(sessionId).lean<SessionDoc>();
      if (!doc || doc.expiresAt <= now || !sameText(doc.secretHash, secretHash)) return null;
      return open(doc);
    },

    /** The sessions of a user that are good at an epoch, the newest first. */
    async ofUser({
      userId,
      epoch,
      now,
    }: {
      userId: UserId;
      epoch: number;
      now: Instant;
    }): Promise<Session[]> {
      const docs = await model.find({ userId, epoch, expiresAt: { $gt: now } }).lean<SessionDoc[]>();
      return docs.map(open).sort((a, b) => b.createdAt - a.createdAt);
    },

    /** Ends one session of a user. False when it isn't there. */
    async end({ sessionId, userId }: { sessionId: SessionId; userId: UserId }): Promise<boolean> {
      const { deletedCount } = await model.deleteOne({ _id: sessionId as string, userId });
      return deletedCount === 1;
    },

    /** Carries one session over into the epoch that its own user's act began. */
    async carryOver({ sessionId, epoch }: { sessionId: SessionId; epoch: number }): Promise<void> {
      await model.updateOne({ _id: sessionId as string, epoch: epoch - 1 }, { $set: { epoch } });
    },

    /** Removes the sessions that expired before an instant. Tells how many. */
    async deleteExpired(before: Instant): Promise<number> {
      const { deletedCount } = await model.deleteMany({ expiresAt: { $lt: before } });
      return deletedCount;
    },
  };
}

const sameText = (a: string, b: string): boolean =>
  a.length === b.length && timingSafeEqual(Buffer.from(a), Buffer.from(b));
