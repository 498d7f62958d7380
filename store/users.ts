import type { Connection } from 'mongoose';
import { Schema } from 'mongoose';
import type { ClaimId, UserId } from '../domain/ids.ts';
import type { Instant } from '../domain/instant.ts';
import type { FieldCipher } from '../platform/field-cipher.ts';
import { insertNew, modelOf } from './schema.ts';
import { userCustomers } from './user-customers.ts';
import type { UserDoc, UserPhone } from './user-doc.ts';
import { userEmails } from './user-emails.ts';
import { userNames } from './user-names.ts';
import { userPasswords } from './user-passwords.ts';

export type { PasswordOrigin, UserPhone } from './user-doc.ts';

/** A payment user, opened. */
export interface User
  extends Omit<
    UserDoc,
    '_id' | 'epochCause' | 'abandonedAt' | 'passwordOrigin' | 'emailAsked' | 'emailOrigin' | 'handleChange'
  > {
  userId: UserId;
}

/** Payment users, by their id. */
export function createUsers({ connection, cipher }: { connection: Connection; cipher: FieldCipher }) {
  const model = modelOf<UserDoc>(connection, {
    name: 'users',
    fields: {
      status: { type: String, required: true },
      nickname: { type: String, default: null },
      email: { type: String, default: null },
      emailVerified: { type: Boolean, required: true },
      passwordHash: { type: String, default: null },
      passwordOrigin: { type: Schema.Types.Mixed, default: undefined },
      customerId: { type: String, default: null },
      customerOrigin: { type: Schema.Types.Mixed, default: undefined },
      phone: { type: Schema.Types.Mixed, default: null },
      epoch: { type: Number, required: true },
      epochCause: { type: String, default: null },
      emailAsked: { type: String, default: undefined },
      emailOrigin: { type: Schema.Types.Mixed, default: undefined },
      handleChange: { type: Schema.Types.Mixed, default: undefined },
      registeredAt: { type: Number, required: true },
      createdAt: { type: Number, required: true },
      abandonedAt: { type: Number, default: null },
    },
    indexes: [
      { serves: 'sweep_users_never_committed', keys: { status: 1, createdAt: 1 } },
      { serves: 'sweep_users_abandoned', keys: { status: 1, abandonedAt: 1 } },
      { serves: 'sweep_handle_changes_left_behind', keys: { 'handleChange.at': 1 } },
    ],
  });

  const seal = (text: string | null, field: string): string | null => text && cipher.encrypt(text, field);
  const unseal = (text: string | null, field: string): string | null => text && cipher.decrypt(text, field);

  const open = ({
    _id,
    epochCause: _,
    abandonedAt: __,
    passwordOrigin: ___,
    emailAsked: ____,
    emailOrigin: _____,
    handleChange: ______,
    nickname,
    email,
    ...rest
  }: UserDoc): User => ({
    ...rest,
    userId: _id as UserId,
    nickname: unseal(nickname, 'user.nickname'),
    email: unseal(email, 'user.email'),
  });

  return {
    model,
    ...userCustomers({ model }),
    ...userEmails({ model, cipher }),
    ...userNames({ model, cipher }),
    ...userPasswords({ model }),

    async find(userId: UserId): Promise<User | null> {
      const doc = await model.findById(userId).lean<UserDoc>();
      return doc && open(doc);
    },

    /** Whether the user's password was set by a code of a claim's number alone, and by nothing else since. */
    async passwordRestsOn({ userId, claimId }: { userId: UserId; claimId: ClaimId }): Promise<boolean> {
      const doc = await model.findOne(
        { _id: userId as string, 'passwordOrigin.claimId': claimId },
        { _id: 1 },
      );
      return doc !== null;
    },

    async findMany(userIds: readonly UserId[]): Promise<User[]> {
      const docs = await model.find({ _id: { $in: [...userIds] } }).lean<UserDoc[]>();
      return docs.map(open);
    },

    /**
     * Writes new users as pending; one that is there already stays as it is (the step was done before). For each:
     * whether it was written.
     */
    async createPending(...users: Omit<User, 'status' | 'epoch'>[]): Promise<boolean[]> {
      return insertNew(
        model,
        users.map(({ userId, nickname, email, ...rest }) => ({
          ...rest,
          _id: userId as string,
          status: 'pending' as const,
          nickname: seal(nickname, 'user.nickname'),
          email: seal(email, 'user.email'),
          epoch: 0,
          epochCause: null,
          abandonedAt: null,
        })),
      );
    },

    /** Opens pending users whose claims and handles are committed. Gives those that are open now, or were before. */
    async commitMany(userIds: readonly UserId[]): Promise<Set<UserId>> {
      const _id = { $in: [...userIds] };
      await model.updateMany({ _id, status: 'pending' }, { $set: { status: 'open' } });
      const docs = await model
        .find({ _id, status: { $in: ['open', 'closed'] } }, { _id: 1 })
        .lean<{ _id: string }[]>();
      return new Set(docs.map((doc) => doc._id as UserId));
    },

    /** Opens a pending user. True also when it was opened before; false when it was given up. */
    async commit(userId: UserId): Promise<boolean> {
      const { modifiedCount } = await model.updateOne(
        { _id: userId as string, status: 'pending' },
        { $set: { status: 'open' } },
      );
      if (modifiedCount === 1) return true;
      const user = await model.findById(userId, { status: 1 }).lean<Pick<UserDoc, 'status'>>();
      return user?.status === 'open' || user?.status === 'closed';
    },

    /** Gives up a pending user, so that nobody opens it any more. True for the one caller who did; a committed user stays (I3). */
    async abandon(userId: UserId, at: Instant): Promise<boolean> {
      const { modifiedCount } = await model.updateOne(
        { _id: userId as string, status: 'pending' },
        { $set: { status: 'abandoned', abandonedAt: at } },
      );
      return modifiedCount === 1;
    },

    /** Removes an abandoned user, when nobody can be writing for it any more. */
    async forget(userId: UserId): Promise<void> {
      await model.deleteOne({ _id: userId as string, status: 'abandoned' });
    },

    /** The users abandoned before an instant, the earliest first. */
    async abandonedSince({ before, limit }: { before: Instant; limit: number }): Promise<User[]> {
      const docs = await model
        .find({ status: 'abandoned', abandonedAt: { $lt: before } })
        .sort({ abandonedAt: 1 })
        .limit(limit)
        .lean<UserDoc[]>();
      return docs.map(open);
    },

    /** The users left pending since before an instant: a crash left them behind. */
    async pendingSince({ before, limit }: { before: Instant; limit: number }): Promise<User[]> {
      const docs = await model
        .find({ status: 'pending', createdAt: { $lt: before } })
        .sort({ createdAt: 1 })
        .limit(limit)
        .lean<UserDoc[]>();
      return docs.map(open);
    },

    /**
     * Gives an open user without a phone this one; true also when it has it already. False when it is closed or has
     * another phone (I1: at most one).
     */
    async takePhone(userId: UserId, phone: UserPhone): Promise<boolean> {
      const written = await model.findOneAndUpdate(
        { _id: userId as string, status: 'open', phone: null },
        { $set: { phone } },
        { projection: { _id: 1 } },
      );
      if (written) return true;
      const user = await this.find(userId);
      return user?.status === 'open' && user.phone?.claimId === phone.claimId;
    },

    /**
     * Has an open user's document name another phone, or none, in place of the one of a claim, or of none; where an
     * epoch is given, only in that one. True also when it did so before; false where it names something else.
     */
    async movePhone({
      userId,
      from,
      to,
      epoch,
    }: {
      userId: UserId;
      from: ClaimId | null;
      to: UserPhone | null;
      epoch?: number | undefined;
    }): Promise<boolean> {
      const at = {
        ...(from === null ? { phone: null } : { 'phone.claimId': from }),
        ...(epoch === undefined ? {} : { epoch }),
      };
      const written = await model.findOneAndUpdate(
        { _id: userId as string, status: 'open', ...at },
        { $set: { phone: to } },
        { projection: { _id: 1 } },
      );
      if (written) return true;
      const user = await this.find(userId);
      return user?.status === 'open' && (user.phone?.claimId ?? null) === (to?.claimId ?? null);
    },

    /** Takes the phone of one claim from the user's document; a phone of a later claim stays. */
    async dropPhone(userId: UserId, claimId: ClaimId): Promise<void> {
      await model.updateOne({ _id: userId as string, 'phone.claimId': claimId }, { $set: { phone: null } });
    },

    /** Ends everything that was granted to the user before: once per cause, however often it is called in a row. */
    async raiseEpoch(userId: UserId, cause: string): Promise<boolean> {
      const written = await model.findOneAndUpdate(
        { _id: userId as string, epochCause: { $ne: cause } },
        { $inc: { epoch: 1 }, $set: { epochCause: cause } },
        { projection: { _id: 1 } },
      );
      return written !== null;
    },

    /**
     * Closes an open user that has no phone any more, and ends everything that was granted to it. True also when it was
     * closed before; false while it has a phone.
     */
    async close(userId: UserId): Promise<boolean> {
      const written = await model.findOneAndUpdate(
        { _id: userId as string, status: 'open', phone: null },
        { $set: { status: 'closed', passwordHash: null, epochCause: 'closed' }, $inc: { epoch: 1 } },
        { projection: { _id: 1 } },
      );
      if (written) return true;
      const user = await model.findById(userId, { status: 1 }).lean<Pick<UserDoc, 'status'>>();
      return user?.status !== 'open';
    },

    /** Takes nickname and e-mail out of a closed user's document, once they are nobody's handles any more. */
    async forgetHandles(userId: UserId): Promise<void> {
      await model.updateOne(
        { _id: userId as string, status: 'closed' },
        { $set: { nickname: null, email: null, emailVerified: false } },
      );
    },
  };
}
