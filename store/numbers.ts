import type { Connection } from 'mongoose';
import { Schema } from 'mongoose';
import type { NumberKey } from '../domain/ids.ts';
import type { Instant } from '../domain/instant.ts';
import type { NumberEvent } from '../domain/number/event.ts';
import type { NumberLife, NumberState } from '../domain/number/history.ts';
import type { PhoneNumber } from '../domain/phone-number.ts';
import type { FieldCipher } from '../platform/field-cipher.ts';
import { isDuplicateKey, modelOf } from './schema.ts';

/** A number and all that is known of it. `phase` and `freezeEndsAt` are projections of the history, for lists. */
interface NumberDoc {
  _id: string;
  /** Sealed. */
  phone: string;
  province: string;
  system: string;
  events: NumberEvent[];
  /** `claimedAt` of every claim on it. */
  provenAt: Instant[];
  phase: NumberLife['phase'];
  freezeEndsAt: Instant | null;
  /** When the sweep looks after it, unless its workflow did before; null while nothing is pending. */
  attendBy: Instant | null;
  /** Rises with each change of the history. */
  version: number;
}

/** A number as the rest of the house sees it. */
export interface NumberRecord extends Omit<NumberDoc, '_id' | 'phone'> {
  numberKey: NumberKey;
  phone: PhoneNumber;
}

/** What is written when a number's history grows: the facts, and the projections folded from them. */
export interface NumberChange {
  readonly numberKey: NumberKey;
  readonly phone: PhoneNumber;
  readonly province: string;
  readonly system: string;
  readonly events: readonly NumberEvent[];
  readonly provenAt: readonly Instant[];
  readonly phase: NumberLife['phase'];
  readonly freezeEndsAt: Instant | null;
  /** The version that the change was made from; 0 for a number never seen. */
  readonly fromVersion: number;
}

/** A page of the list of numbers. */
export interface NumbersQuery {
  readonly state?: NumberState | undefined;
  readonly province?: string | undefined;
  readonly freezeEndsBefore?: Instant | undefined;
  /** The last row of the page before. */
  readonly after?: { freezeEndsAt: Instant | null; numberKey: string } | undefined;
  readonly limit: number;
  readonly now: Instant;
}

const field = 'number.phone';

/** Numbers: their histories, by `NumberKey`. */
export function createNumbers({ connection, cipher }: { connection: Connection; cipher: FieldCipher }) {
  const model = modelOf<NumberDoc>(connection, {
    name: 'numbers',
    fields: {
      phone: { type: String, required: true },
      province: { type: String, required: true },
      system: { type: String, required: true },
      events: { type: [Schema.Types.Mixed], required: true } as never,
      provenAt: { type: [Number], required: true },
      phase: { type: String, required: true },
      freezeEndsAt: { type: Number, default: null },
      attendBy: { type: Number, default: null },
      version: { type: Number, required: true },
    },
    indexes: [
      { serves: 'list_by_state_and_freeze_end', keys: { phase: 1, freezeEndsAt: 1, _id: 1 } },
      {
        serves: 'list_by_province_state_and_freeze_end',
        keys: { province: 1, phase: 1, freezeEndsAt: 1, _id: 1 },
      },
      { serves: 'sweep_what_is_overdue', keys: { attendBy: 1 } },
    ],
  });

  const open = ({ _id, phone, ...rest }: NumberDoc): NumberRecord => ({
    ...rest,
    numberKey: _id as NumberKey,
    phone: cipher.decrypt(phone, field) as PhoneNumber,
  });

  const writeOf = (change: NumberChange) => ({
    filter: { _id: change.numberKey as string, version: change.fromVersion },
    update: {
      $set: {
        province: change.province,
        system: change.system,
        events: [...change.events],
        provenAt: [...change.provenAt],
        phase: change.phase,
        freezeEndsAt: change.freezeEndsAt,
        version: change.fromVersion + 1,
      },
      $setOnInsert: { phone: cipher.encrypt(change.phone, field), attendBy: null },
    },
    // Where the number is new, the insert is the compare: somebody faster makes it a duplicate key.
    upsert: change.fromVersion === 0,
  });

  return {
    model,

    async find(numberKey: NumberKey): Promise<NumberRecord | null> {
      const doc = await model.findById(numberKey).lean<NumberDoc>();
      return doc && open(doc);
    },

    async findMany(numberKeys: readonly NumberKey[]): Promise<NumberRecord[]> {
      const docs = await model.find({ _id: { $in: [...numberKeys] } }).lean<NumberDoc[]>();
      return docs.map(open);
    },

    /** The number as it is known; one never seen is written down now. One trip to the store. */
    async meet({
      numberKey,
      phone,
      home,
    }: {
      numberKey: NumberKey;
      phone: PhoneNumber;
      home: { province: string; system: string };
    }): Promise<NumberRecord> {
      const unseen = {
        phone: cipher.encrypt(phone, field),
        ...home,
        events: [],
        provenAt: [],
        phase: 'unknown' as const,
        freezeEndsAt: null,
        attendBy: null,
        version: 1,
      };
      try {
        const doc = await model
          .findOneAndUpdate(
            { _id: numberKey as string },
            { $setOnInsert: unseen },
            { upsert: true, returnDocument: 'after' },
          )
          .lean<NumberDoc>();
        if (doc) return open(doc);
      } catch (error) {
        // Two that meet an unseen number at once may both try to insert it.
        if (!isDuplicateKey(error)) throw error;
      }
      return this.meet({ numberKey, phone, home });
    },

    /**
     * Adds the proof of a claim to the history, if that still is at the version that the projections were folded from.
     * False when it isn't.
     */
    async addProof({
      numberKey,
      provenAt,
      phase,
      freezeEndsAt,
      fromVersion,
    }: Pick<NumberChange, 'numberKey' | 'phase' | 'freezeEndsAt' | 'fromVersion'> & {
      provenAt: Instant;
    }): Promise<boolean> {
      const { matchedCount } = await model.updateOne(
        { _id: numberKey as string, version: fromVersion },
        { $push: { provenAt }, $set: { phase, freezeEndsAt }, $inc: { version: 1 } },
      );
      return matchedCount === 1;
    },

    /**
     * Writes changes, each only where its number still is at the version it was made from. False when one did not
     * take: then the caller reads again and makes anew what is missing.
     */
    async write(changes: readonly NumberChange[]): Promise<boolean> {
      if (changes.length === 0) return true;
      try {
        const { matchedCount, upsertedCount } = await model.bulkWrite(
          changes.map((change) => ({ updateOne: writeOf(change) })),
          { ordered: false, strict: true },
        );
        return matchedCount + upsertedCount === changes.length;
      } catch (error) {
        if (!isDuplicateKey(error)) throw error;
        return false;
      }
    },

    /** Sets when the sweep looks after numbers whose workflow should have done so. */
    async attendBy(numberKeys: readonly NumberKey[], at: Instant | null): Promise<void> {
      if (numberKeys.length === 0) return;
      await model.updateMany({ _id: { $in: [...numberKeys] } }, { $set: { attendBy: at } });
    },

    /** The numbers that nobody looked after in time, the longest overdue first. */
    async overdue({ now, limit }: { now: Instant; limit: number }): Promise<NumberKey[]> {
      const docs = await model
        .find({ attendBy: { $gt: 0, $lt: now } }, { _id: 1 })
        .sort({ attendBy: 1 })
        .limit(limit)
        .lean<{ _id: string }[]>();
      return docs.map(({ _id }) => _id as NumberKey);
    },

    /** A page of numbers: with a state by the end of their freeze, without one by key. */
    async list({
      state,
      province,
      freezeEndsBefore,
      after,
      limit,
      now,
    }: NumbersQuery): Promise<NumberRecord[]> {
      const phase = state === 'frozen' || state === 'reassignable' ? 'ended' : state;
      const freezeEndsAt = {
        ...(state === 'frozen' ? { $gt: now } : {}),
        ...(state === 'reassignable' ? { $lte: now } : {}),
        ...(freezeEndsBefore === undefined ? {} : { $lt: freezeEndsBefore }),
      };
      const byFreezeEnd = phase !== undefined;
      const beyond =
        after && byFreezeEnd
          ? {
              $or: [
                { freezeEndsAt: { $gt: after.freezeEndsAt ?? Number.NEGATIVE_INFINITY } },
                { freezeEndsAt: after.freezeEndsAt, _id: { $gt: after.numberKey } },
              ],
            }
          : {};
      const docs = await model
        .find({
          $and: [
            {
              ...(phase === undefined ? {} : { phase }),
              ...(province === undefined ? {} : { province }),
              ...(Object.keys(freezeEndsAt).length === 0 ? {} : { freezeEndsAt }),
              ...(after && !byFreezeEnd ? { _id: { $gt: after.numberKey } } : {}),
            },
            beyond,
          ],
        })
        .sort(byFreezeEnd ? { freezeEndsAt: 1, _id: 1 } : { _id: 1 })
        .limit(limit)
        .lean<NumberDoc[]>();
      return docs.map(open);
    },
  };
}
