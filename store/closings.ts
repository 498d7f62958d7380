import type { Connection } from 'mongoose';
import { Schema } from 'mongoose';
import type { UserId } from '../domain/ids.ts';
import type { Instant } from '../domain/instant.ts';
import { isDuplicateKey, modelOf } from './schema.ts';
import type { UserPhone } from './users.ts';

/** That a user is to be closed, and what came of it. A user that was refused may ask again. */
export interface Closing {
  userId: UserId;
  status: 'pending' | 'closed' | 'refused';
  /** Why it was refused, a code of the HTTP contract; null while it wasn't. */
  reason: string | null;
  /** The login phone that leaves the user: what follows from that is owed until the closing is settled. */
  leaving: UserPhone | null;
  /** The epoch of the session that asked for it: with that it ends, unless it is under way. */
  epoch: number;
  /** `x-correlator` of the call. */
  correlator: string;
  requestedAt: Instant;
  /** When its workflow was last seen to, by whoever started it. */
  startedAt: Instant;
  settledAt: Instant | null;
  /** Whether the closed user still has its nickname and e-mail, so that nobody else takes them for now. */
  handlesHeld: boolean;
}

interface ClosingDoc extends Omit<Closing, 'userId'> {
  _id: string;
}

/** How a closing ends. */
export type ClosingEnd =
  | { readonly status: 'closed' }
  | { readonly status: 'refused'; readonly reason: string };

/** Closings, one document per user: the last time that it was asked for. The truth of what came of it. */
export function createClosings({ connection }: { connection: Connection }) {
  const model = modelOf<ClosingDoc>(connection, {
    name: 'closings',
    fields: {
      status: { type: String, required: true },
      reason: { type: String, default: null },
      leaving: { type: Schema.Types.Mixed, default: null },
      epoch: { type: Number, required: true },
      correlator: { type: String, default: '' },
      requestedAt: { type: Number, required: true },
      startedAt: { type: Number, required: true },
      settledAt: { type: Number, default: null },
      handlesHeld: { type: Boolean, required: true },
    },
    indexes: [
      { serves: 'sweep_closings_whose_workflow_was_lost', keys: { status: 1, startedAt: 1 } },
      { serves: 'sweep_handles_of_closed_users', keys: { handlesHeld: 1, settledAt: 1 } },
    ],
  });

  const open = ({ _id, ...rest }: ClosingDoc): Closing => ({ ...rest, userId: _id as UserId });

  return {
    model,

    /**
     * Asks for a closing. One that is under way or done stays as it is. True when this call made it pending; false when
     * it was asked for before.
     */
    async begin({
      userId,
      epoch,
      correlator,
      at,
    }: {
      userId: UserId;
      epoch: number;
      correlator: string;
      at: Instant;
    }): Promise<boolean> {
      const fresh: Omit<ClosingDoc, '_id'> = {
        status: 'pending',
        reason: null,
        leaving: null,
        epoch,
        correlator,
        requestedAt: at,
        startedAt: at,
        settledAt: null,
        handlesHeld: false,
      };
      const again = await model.findOneAndUpdate(
        { _id: userId as string, status: 'refused' },
        { $set: fresh },
        { projection: { _id: 1 } },
      );
      if (again) return true;
      try {
        await model.create({ _id: userId as string, ...fresh });
        return true;
      } catch (error) {
        if (!isDuplicateKey(error)) throw error;
        return false;
      }
    },

    async find(userId: UserId): Promise<Closing | null> {
      const doc = await model.findById(userId).lean<ClosingDoc>();
      return doc && open(doc);
    },

    /** Notes which phone leaves the user, before it does. */
    async noteLeaving(userId: UserId, phone: UserPhone): Promise<void> {
      await model.updateOne({ _id: userId as string }, { $set: { leaving: phone } });
    },

    /** Ends a pending closing; one that ended before stays as it is. */
    async settle(userId: UserId, { at, ...end }: ClosingEnd & { at: Instant }): Promise<void> {
      await model.updateOne(
        { _id: userId as string, status: 'pending' },
        { $set: { ...end, settledAt: at, handlesHeld: end.status === 'closed' } },
      );
    },

    /** The pending closings whose workflow nobody saw to since before an instant, the longest unseen first. */
    async unseenSince({ before, limit }: { before: Instant; limit: number }): Promise<Closing[]> {
      const docs = await model
        .find({ status: 'pending', startedAt: { $lt: before } })
        .sort({ startedAt: 1 })
        .limit(limit)
        .lean<ClosingDoc[]>();
      return docs.map(open);
    },

    /** Notes that the workflow of a closing was seen to. */
    async seenTo(userId: UserId, at: Instant): Promise<void> {
      await model.updateOne({ _id: userId as string }, { $set: { startedAt: at } });
    },

    /** The users closed before an instant that still hold their handles, the earliest first. */
    async holdingHandles({ before, limit }: { before: Instant; limit: number }): Promise<UserId[]> {
      const docs = await model
        .find({ handlesHeld: true, settledAt: { $lt: before } }, { _id: 1 })
        .sort({ settledAt: 1 })
        .limit(limit)
        .lean<{ _id: string }[]>();
      return docs.map(({ _id }) => _id as UserId);
    },

    /** The handles of a closed user are free. */
    async handlesFreed(userId: UserId): Promise<void> {
      await model.updateOne({ _id: userId as string }, { $set: { handlesHeld: false } });
    },
  };
}
