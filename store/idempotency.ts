import { randomUUID } from 'node:crypto';
import type { Connection } from 'mongoose';
import type { DurationMs, Instant } from '../domain/instant.ts';
import type { FieldCipher } from '../platform/field-cipher.ts';
import { isDuplicateKey, modelOf } from './schema.ts';

/** The answer to a call, as it is given again. */
export interface KeptAnswer {
  status: number;
  headers: Record<string, string>;
  body: string;
}

interface IdempotencyDoc {
  /** Keyed hash of the client and its key. */
  _id: string;
  /** Keyed hash of what was asked; null while a stream is still being read. */
  fingerprint: string | null;
  /** Which attempt owns the record: one that was taken over must not write its answer any more. */
  attempt: string;
  /** Until when the attempt is believed to be running. It extends this while it is. */
  runsUntil: Instant;
  /** Sealed JSON of the answer; null while there is none. */
  answer: string | null;
  createdAt: Instant;
}

/** How long a key gives the same answer. */
const keptFor: DurationMs = 24 * 60 * 60_000;

/**
 * How long an attempt that doesn't report is believed to be running. Long enough for a pause of the process, short
 * enough that a caller whose server crashed is not told "still running" for long.
 */
export const attemptRunsFor: DurationMs = 30_000;

/** What a caller who comes with a key is told. */
export type Begun =
  /** It is the first, or the first that came to an answer: do it. */
  | { kind: 'begun'; attempt: string }
  /** The same was asked under this key and is still being done. */
  | { kind: 'running' }
  /** Something else was asked under this key. */
  | { kind: 'reused' }
  /** The same was asked and answered. A stream's fingerprint is compared by the caller, once it was read. */
  | { kind: 'answered'; answer: KeptAnswer; fingerprint: string | null };

const field = 'idempotency.answer';

/** Answers kept under the keys that clients chose. */
export function createIdempotency({ connection, cipher }: { connection: Connection; cipher: FieldCipher }) {
  const model = modelOf<IdempotencyDoc>(connection, {
    name: 'idempotency',
    fields: {
      fingerprint: { type: String, default: null },
      attempt: { type: String, required: true },
      runsUntil: { type: Number, required: true },
      answer: { type: String, default: null },
      createdAt: { type: Number, required: true },
    },
    indexes: [{ serves: 'sweep_keys_past_their_day', keys: { createdAt: 1 } }],
  });

  const tryInsert = async (doc: IdempotencyDoc): Promise<boolean> => {
    try {
      await model.create(doc);
      return true;
    } catch (error) {
      if (!isDuplicateKey(error)) throw error;
      return false;
    }
  };

  return {
    model,

    /**
     * Comes with a key. `keyRef` is a keyed hash of client and key, `fingerprint` one of what is asked; null for a
     * stream, whose content isn't known yet. Of several callers at once one begins.
     */
    async begin({
      keyRef,
      fingerprint,
      now,
    }: {
      keyRef: string;
      fingerprint: string | null;
      now: Instant;
    }): Promise<Begun> {
      const fresh = {
        fingerprint,
        attempt: randomUUID(),
        runsUntil: now + attemptRunsFor,
        answer: null,
        createdAt: now,
      };
      for (;;) {
        if (await tryInsert({ _id: keyRef, ...fresh })) return { kind: 'begun', attempt: fresh.attempt };
        const doc = await model.findById(keyRef).lean<IdempotencyDoc>();
        if (!doc) continue;

        const past = doc.createdAt <= now - keptFor || (doc.answer === null && doc.runsUntil <= now);
        if (past) {
          const mine = await model.findOneAndUpdate(
            { _id: keyRef, attempt: doc.attempt, runsUntil: doc.runsUntil, answer: doc.answer },
            { $set: fresh },
          );
          if (mine) return { kind: 'begun', attempt: fresh.attempt };
          continue;
        }
        if (doc.fingerprint !== null && fingerprint !== null && doc.fingerprint !== fingerprint) {
          return { kind: 'reused' };
        }
        if (doc.answer === null) return { kind: 'running' };
        return {
          kind: 'answered',
          answer: JSON.parse(cipher.decrypt(doc.answer, field)),
          fingerprint: doc.fingerprint,
        };
      }
    },

    /** Says that an attempt is still running. */
    async extend({ keyRef, attempt, now }: { keyRef: string; attempt: string; now: Instant }): Promise<void> {
      await model.updateOne(
        { _id: keyRef, attempt, answer: null },
        { $set: { runsUntil: now + attemptRunsFor } },
      );
    },

    /** Keeps the answer of an attempt, unless it was taken over meanwhile. */
    async complete({
      keyRef,
      attempt,
      fingerprint,
      answer,
    }: {
      keyRef: string;
      attempt: string;
      fingerprint: string;
      answer: KeptAnswer;
    }): Promise<void> {
      await model.updateOne(
        { _id: keyRef, attempt, answer: null },
        { $set: { fingerprint, answer: cipher.encrypt(JSON.stringify(answer), field) } },
      );
    },

    /** Frees the key of an attempt that came to no answer, so that the caller can try again at once. */
    async free({ keyRef, attempt }: { keyRef: string; attempt: string }): Promise<void> {
      await model.deleteOne({ _id: keyRef, attempt, answer: null });
    },

    /** Removes the keys that were first used before an instant: nobody can ask for them any more. Tells how many. */
    async deleteOlderThan(before: Instant): Promise<number> {
      const { deletedCount } = await model.deleteMany({ createdAt: { $lt: before } });
      return deletedCount;
    },
  };
}

/** The store of kept answers. */
export type Idempotency = ReturnType<typeof createIdempotency>;
