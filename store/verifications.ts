import type { Connection } from 'mongoose';
import { Schema } from 'mongoose';
import type { NumberKey, VerificationId } from '../domain/ids.ts';
import type { Instant } from '../domain/instant.ts';
import { codeTries, type VerificationPurpose } from '../domain/verification-code.ts';
import { modelOf } from './schema.ts';

/** A code that was sent to a number. */
export interface Verification {
  verificationId: VerificationId;
  numberKey: NumberKey;
  purpose: VerificationPurpose;
  /** Keyed hash of the id and the code. */
  codeHash: string;
  issuedAt: Instant;
  expiresAt: Instant;
}

/** One guess at a code. */
interface Try {
  codeHash: string;
  /** What made the guess: the same one, made again after a crash, succeeds again. */
  by: string;
  at: Instant;
}

interface VerificationDoc extends Omit<Verification, 'verificationId'> {
  _id: string;
  tries: Try[];
}

/** That somebody had the code: since when it was sent, and when it was proven. */
export interface Proof {
  readonly issuedAt: Instant;
  readonly provenAt: Instant;
}

/**
 * Codes sent to numbers. A proof costs one write: the guess is added if it is among the first five and nobody guessed
 * the same before; so whoever adds the right one is the only one who ever does, and no crowd gets a sixth guess.
 */
export function createVerifications({ connection }: { connection: Connection }) {
  const model = modelOf<VerificationDoc>(connection, {
    name: 'verifications',
    fields: {
      numberKey: { type: String, required: true },
      purpose: { type: String, required: true },
      codeHash: { type: String, required: true },
      issuedAt: { type: Number, required: true },
      expiresAt: { type: Number, required: true },
      tries: { type: [Schema.Types.Mixed], required: true } as never,
    },
    indexes: [{ serves: 'sweep_codes_past_their_time', keys: { expiresAt: 1 } }],
  });

  return {
    model,

    async issue({ verificationId, ...rest }: Verification): Promise<void> {
      await model.create({ _id: verificationId as string, ...rest, tries: [] });
    },

    /**
     * Proves a code, once; `by` names who does, so that the same one succeeds again after a crash. Null for a wrong
     * code, a late or used one, one of another number or purpose, and after five wrong guesses.
     */
    async prove(guess: {
      verificationId: VerificationId;
      numberKey: NumberKey;
      purpose: VerificationPurpose;
      codeHash: string;
      by: string;
      now: Instant;
    }): Promise<Proof | null> {
      const { verificationId, numberKey, purpose, codeHash, by, now } = guess;
      const live = {
        _id: verificationId as string,
        numberKey,
        purpose,
        expiresAt: { $gt: now },
        [`tries.${codeTries - 1}`]: { $exists: false },
      };
      const tried: Try = { codeHash, by, at: now };
      const added = await model
        .findOneAndUpdate({ ...live, 'tries.codeHash': { $ne: codeHash } }, { $push: { tries: tried } })
        .lean<VerificationDoc>();
      if (added) {
        return added.codeHash === codeHash ? { issuedAt: added.issuedAt, provenAt: now } : null;
      }
      // Guessed before, or none is left. A wrong one that is repeated costs a try all the same.
      await model.updateOne({ ...live, codeHash: { $ne: codeHash } }, { $push: { tries: tried } });
      const doc = await model.findById(verificationId).lean<VerificationDoc>();
      const mine = doc?.tries.find((each) => each.codeHash === codeHash && each.by === by);
      if (!doc || !mine || doc.codeHash !== codeHash) return null;
      return doc.numberKey === numberKey && doc.purpose === purpose
        ? { issuedAt: doc.issuedAt, provenAt: mine.at }
        : null;
    },

    /**
     * Whether a code is right and can still be proven. It is a look, not a guess: a wrong one says no without costing a
     * try, so the caller must not answer by it before the code is proven, but where it is right.
     */
    async isProvable({
      verificationId,
      numberKey,
      purpose,
      codeHash,
      now,
    }: Pick<Verification, 'verificationId' | 'numberKey' | 'purpose' | 'codeHash'> & {
      now: Instant;
    }): Promise<boolean> {
      const doc = await model.findById(verificationId).lean<VerificationDoc>();
      return (
        doc !== null &&
        doc.codeHash === codeHash &&
        doc.numberKey === numberKey &&
        doc.purpose === purpose &&
        doc.expiresAt > now &&
        doc.tries.length < codeTries &&
        doc.tries.every((each) => each.codeHash !== codeHash)
      );
    },

    /** Removes the codes that expired before an instant. Tells how many. */
    async deleteExpired(before: Instant): Promise<number> {
      const { deletedCount } = await model.deleteMany({ expiresAt: { $lt: before } });
      return deletedCount;
    },
  };
}
