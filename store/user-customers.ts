import type { Model } from 'mongoose';
import type { ClaimId, CustomerId, UserId } from '../domain/ids.ts';
import type { PasswordOrigin, UserDoc } from './user-doc.ts';

/** Which customers users are. */
export function userCustomers({ model }: { model: Model<UserDoc> }) {
  /** The code of a phone that a session rests on whose password was set by it; null for any other. */
  const codeOfPassword = async (userId: UserId): Promise<PasswordOrigin | null> => {
    const doc = await model
      .findById(userId, { passwordOrigin: 1 })
      .lean<Pick<UserDoc, '_id' | 'passwordOrigin'>>();
    const origin = doc?.passwordOrigin;
    return origin && !origin.isVoid ? { claimId: origin.claimId, at: origin.at } : null;
  };

  return {
    /**
     * Makes a customer the one of an open user, in place of the one that was read, or of none, in that epoch. `byCode`:
     * the login in which the user said so, where that was by a code of the phone. False where the user has another by
     * now, or the epoch is over.
     */
    async setCustomer({
      userId,
      epoch,
      customerId,
      former,
      byCode,
    }: {
      userId: UserId;
      epoch: number;
      customerId: CustomerId;
      former: CustomerId | null;
      byCode: PasswordOrigin | null;
    }): Promise<boolean> {
      // The same customer again rests on what it did: whoever says it knew it, or said it before.
      const customerOrigin = customerId === former ? undefined : (byCode ?? (await codeOfPassword(userId)));
      const written = await model.findOneAndUpdate(
        { _id: userId as string, status: 'open', epoch, customerId: { $in: [former, customerId] } },
        { $set: { customerId, ...(customerOrigin === undefined ? {} : { customerOrigin }) } },
        { projection: { _id: 1 } },
      );
      return written !== null;
    },

    /** Takes a customer from its user that rests on a code of a claim's phone. */
    async dropCustomer({
      userId,
      customerId,
      claimId,
    }: {
      userId: UserId;
      customerId: CustomerId;
      claimId: ClaimId;
    }): Promise<void> {
      await model.updateOne(
        { _id: userId as string, customerId, 'customerOrigin.claimId': claimId },
        { $set: { customerId: null, 'customerOrigin.isVoid': true } },
      );
    },
  };
}
