import type { Connection } from 'mongoose';
import type { DurationMs, Instant } from '../domain/instant.ts';
import type { NumberHasher } from '../platform/hashing.ts';
import { isDuplicateKey, modelOf } from './schema.ts';

/** What is counted: under which name (from code), and for whom (a number key, an address, a client: hashed at rest). */
export interface LimitKey {
  /** What kind of thing is counted, as in `codes-per-phone`. */
  readonly name: string;
  readonly key: string;
}

/** How often something may happen: `points` times in a window of `per` milliseconds, which begins with the first. */
export interface Limit extends LimitKey {
  readonly points: number;
  readonly per: DurationMs;
}

/** Whether it may happen, else for how long it may not. */
export type Allowance =
  | { readonly ok: true; readonly retryAfterMs?: never }
  | { readonly ok: false; readonly retryAfterMs: DurationMs };

interface LimitDoc {
  /** Keyed hash of name and key. */
  _id: string;
  taken: number;
  endsAt: Instant;
}

const allowed: Allowance = { ok: true };

/**
 * Counts of what may only happen so often, shared by all processes. A window begins with the first that is counted and
 * ends by itself; counting is one atomic write by `_id`.
 */
export function createLimits({
  connection,
  blindIndex,
}: {
  connection: Connection;
  blindIndex: NumberHasher['blindIndex'];
}) {
  const model = modelOf<LimitDoc>(connection, {
    name: 'limits',
    fields: {
      taken: { type: Number, required: true },
      endsAt: { type: Number, required: true },
    },
    indexes: [{ serves: 'sweep_limits_past_their_window', keys: { endsAt: 1 } }],
  });

  const idOf = ({ name, key }: LimitKey): string => blindIndex(`limit:${name}`, key);

  /** The window after one more was counted in it; a new one where there is none or the last one is over. */
  async function counted({ per, ...limit }: Limit, now: Instant): Promise<LimitDoc> {
    const _id = idOf(limit);
    for (;;) {
      try {
        return await model
          .findOneAndUpdate(
            { _id, endsAt: { $gt: now } },
            { $inc: { taken: 1 }, $setOnInsert: { endsAt: now + per } },
            { upsert: true, returnDocument: 'after' },
          )
          .lean<LimitDoc>()
          .orFail();
      } catch (error) {
        // There is one whose time is over, or somebody was faster to begin one.
        if (!isDuplicateKey(error)) throw error;
      }
      const begun = await model
        .findOneAndUpdate(
          { _id, endsAt: { $lte: now } },
          { $set: { taken: 1, endsAt: now + per } },
          { returnDocument: 'after' },
        )
        .lean<LimitDoc>();
      if (begun) return begun;
    }
  }

  return {
    model,

    /** Counts one, and tells whether it may happen. One that may not is counted too, and doesn't lengthen the window. */
    async take({ now, ...limit }: Limit & { now: Instant }): Promise<Allowance> {
      const { taken, endsAt } = await counted(limit, now);
      return taken <= limit.points ? allowed : { ok: false, retryAfterMs: endsAt - now };
    },

    /** Tells whether one more may happen, and counts nothing. */
    async peek({ now, ...limit }: Limit & { now: Instant }): Promise<Allowance> {
      const doc = await model.findById(idOf(limit)).lean<LimitDoc>();
      if (!doc || doc.endsAt <= now || doc.taken < limit.points) return allowed;
      return { ok: false, retryAfterMs: doc.endsAt - now };
    },

    /** Takes one back that was counted in the window that is open: it turned out to be none of those that count. */
    async giveBack({ now, ...limit }: LimitKey & { now: Instant }): Promise<void> {
      await model.updateOne(
        { _id: idOf(limit), endsAt: { $gt: now }, taken: { $gt: 0 } },
        { $inc: { taken: -1 } },
      );
    },

    /** Forgets what was counted. */
    async reset(limit: LimitKey): Promise<void> {
      await model.deleteOne({ _id: idOf(limit) });
    },

    /** Removes the windows that ended before an instant. Tells how many. */
    async deleteExpired(before: Instant): Promise<number> {
      const { deletedCount } = await model.deleteMany({ endsAt: { $lt: before } });
      return deletedCount;
    },
  };
}
