import type { Model } from 'mongoose';
import type { ClaimId, UserId } from '../domain/ids.ts';
import type { Instant } from '../domain/instant.ts';
import type { PasswordByCode, PasswordOrigin, UserDoc } from './user-doc.ts';

/** More in a row than anybody needs; of what was replaced before, nothing is known any more. */
const mostReplaced = 5;

/** Users' passwords. */
export function userPasswords({ model }: { model: Model<UserDoc> }) {
  /** What a password rests on that is set by a code, with those that it and the ones before it replaced. */
  const originBy = async (userId: UserId, { claimId, at }: PasswordOrigin): Promise<PasswordByCode> => {
    const doc = await model
      .findById(userId, { passwordHash: 1, passwordOrigin: 1 })
      .lean<Pick<UserDoc, 'passwordHash' | 'passwordOrigin'>>();
    const last = doc?.passwordOrigin;
    const before = last?.claimId === claimId && !last.isVoid ? last.replaced : [];
    const replaced = [...before, { passwordHash: doc?.passwordHash ?? null, at }];
    return { claimId, at, replaced: replaced.slice(-mostReplaced) };
  };

  return {
    /**
     * Sets the password of an open user and ends all its sessions, in one write, if nothing ended them since `epoch` was
     * read. `origin`: the claim whose phone's code was all that was proven; null for more than that; left out, the
     * password rests on what the one before did. Gives the epoch that begins; null where the one that was read is over.
     */
    async setPassword({
      userId,
      epoch,
      passwordHash,
      origin,
      cause,
    }: {
      userId: UserId;
      epoch: number;
      passwordHash: string;
      origin?: PasswordOrigin | null;
      cause: string;
    }): Promise<number | null> {
      // A password changes with the epoch alone, so that what is read here is what is replaced.
      const passwordOrigin = origin && (await originBy(userId, origin));
      const written = await model
        .findOneAndUpdate(
          { _id: userId as string, status: 'open', epoch },
          {
            $set: {
              passwordHash,
              epochCause: cause,
              ...(passwordOrigin === undefined ? {} : { passwordOrigin }),
            },
            $inc: { epoch: 1 },
          },
          { returnDocument: 'after', projection: { epoch: 1 } },
        )
        .lean<Pick<UserDoc, 'epoch'>>();
      return written?.epoch ?? null;
    },

    /** Puts a costlier hash of the same password in place of the one that it was checked against. */
    async rehashPassword({ userId, from, to }: { userId: UserId; from: string; to: string }): Promise<void> {
      await model.updateOne({ _id: userId as string, passwordHash: from }, { $set: { passwordHash: to } });
    },

    /**
     * Takes back what was set by the code of a claim's phone alone at or after an instant: the password is the one again
     * that was there before, none where that isn't known any more. True when there was one, also where it was taken back
     * before. No password may be set by that code any more: the caller has ended the epoch in which it was proven.
     */
    async voidPassword({
      userId,
      claimId,
      since,
    }: {
      userId: UserId;
      claimId: ClaimId;
      since: Instant;
    }): Promise<boolean> {
      const doc = await model.findById(userId, { passwordOrigin: 1 }).lean<Pick<UserDoc, 'passwordOrigin'>>();
      const origin = doc?.passwordOrigin;
      if (origin?.claimId !== claimId || origin.at < since) return false;
      if (origin.isVoid) return true;
      const [first] = origin.replaced.filter(({ at }) => at >= since);
      const isWhole = origin.replaced.length < mostReplaced || first !== origin.replaced[0];
      await model.updateOne(
        { _id: userId as string, 'passwordOrigin.claimId': claimId, 'passwordOrigin.at': origin.at },
        {
          $set: {
            passwordHash: isWhole ? (first?.passwordHash ?? null) : null,
            'passwordOrigin.isVoid': true,
          },
        },
      );
      return true;
    },
  };
}
