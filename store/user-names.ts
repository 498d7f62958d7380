import type { Model } from 'mongoose';
import type { Email, Nickname } from '../domain/handle.ts';
import type { UserId } from '../domain/ids.ts';
import type { Instant } from '../domain/instant.ts';
import type { FieldCipher } from '../platform/field-cipher.ts';
import type { HandleKind } from './handles.ts';
import type { EmailOrigin, HandleChange, PasswordOrigin, UserDoc } from './user-doc.ts';

/** A change on its way, opened. */
export interface OpenChange extends Omit<HandleChange, 'to' | 'from'> {
  readonly userId: UserId;
  readonly to: string;
  readonly from: string | null;
}

/** What a user's password and e-mail rest on, where that is a code of the phone alone. */
export interface RestsOn {
  readonly password: PasswordOrigin | null;
  /** Opened. */
  readonly email: EmailOrigin | null;
}

/** How often a change is begun anew when another write comes between its read and its write. */
const attempts = 5;

/** Opens a change. */
export const openedChange = (
  cipher: Pick<FieldCipher, 'decrypt'>,
  userId: UserId,
  change: HandleChange,
): OpenChange => {
  const { kind, from, to } = change;
  const unseal = (text: string): string => cipher.decrypt(text, `user.${kind}`);
  return { ...change, userId, to: unseal(to), from: from === null ? null : unseal(from) };
};

/** The writes to a user's names: each one conditional write on the user's document. */
export function userNames({ model, cipher }: { model: Model<UserDoc>; cipher: FieldCipher }) {
  const seal = (kind: HandleKind, text: string): string => cipher.encrypt(text, `user.${kind}`);
  const unseal = (kind: HandleKind, text: string): string => cipher.decrypt(text, `user.${kind}`);

  /** The sealed handle that is the user's now. */
  const held = (kind: HandleKind, { nickname, email, emailVerified }: UserDoc): string | null => {
    if (kind === 'nickname') return nickname;
    return emailVerified ? email : null;
  };

  const openChange = (userId: UserId, change: HandleChange) => openedChange(cipher, userId, change);

  const openOrigins = ({ passwordOrigin, emailOrigin }: UserDoc): RestsOn => ({
    password: passwordOrigin && !passwordOrigin.isVoid ? passwordOrigin : null,
    email: emailOrigin
      ? { ...emailOrigin, former: emailOrigin.former && unseal('email', emailOrigin.former) }
      : null,
  });

  return {
    /** Begins a change of an open user's handle. Gives the one that is under way where there is one; null for no such user. */
    async beginChange({
      userId,
      changeId,
      kind,
      to,
      at,
    }: {
      userId: UserId;
      changeId: string;
      kind: HandleKind;
      to: Nickname | Email;
      at: Instant;
    }): Promise<{ begun: boolean; change: OpenChange; restsOn: RestsOn } | null> {
      for (let attempt = 1; attempt <= attempts; attempt += 1) {
        const doc = await model.findById(userId).lean<UserDoc>();
        if (doc?.status !== 'open') return null;
        const restsOn = openOrigins(doc);
        if (doc.handleChange) {
          return { begun: false, change: openChange(userId, doc.handleChange), restsOn };
        }
        const change: HandleChange = { changeId, kind, to: seal(kind, to), from: held(kind, doc), at };
        const begun = await model.findOneAndUpdate(
          {
            _id: userId as string,
            status: 'open',
            handleChange: null,
            nickname: doc.nickname,
            email: doc.email,
            emailVerified: doc.emailVerified,
          },
          { $set: { handleChange: change } },
          { projection: { _id: 1 } },
        );
        if (begun) return { begun: true, change: openChange(userId, change), restsOn };
      }
      throw new Error('A change of a handle could not begin: the user is being written without a pause');
    },

    /** Gives the nickname to its user, where the change wasn't taken over and the user is still in the epoch. */
    async setNickname({
      userId,
      changeId,
      to,
      epoch,
    }: Pick<OpenChange, 'userId' | 'changeId' | 'to'> & { epoch: number }): Promise<boolean> {
      const written = await model.findOneAndUpdate(
        { _id: userId as string, status: 'open', epoch, 'handleChange.changeId': changeId },
        { $set: { nickname: seal('nickname', to) } },
        { projection: { _id: 1 } },
      );
      return written !== null;
    },

    /** Takes a change over under another id, so that whoever began it can do no more. False where it is gone. */
    async takeOverChange({
      userId,
      changeId,
      newId,
    }: {
      userId: UserId;
      changeId: string;
      newId: string;
    }): Promise<boolean> {
      const taken = await model.findOneAndUpdate(
        { _id: userId as string, 'handleChange.changeId': changeId },
        { $set: { 'handleChange.changeId': newId } },
        { projection: { _id: 1 } },
      );
      return taken !== null;
    },

    /** The handle of its kind that is the user's now, for whoever still has the change; null where it was taken over. */
    async heldIn({
      userId,
      changeId,
      kind,
    }: Pick<OpenChange, 'userId' | 'changeId' | 'kind'>): Promise<{ handle: string | null } | null> {
      const doc = await model
        .findOne({ _id: userId as string, 'handleChange.changeId': changeId })
        .lean<UserDoc>();
      const sealed = doc && held(kind, doc);
      return doc && { handle: sealed === null ? null : unseal(kind, sealed) };
    },

    /** Ends a change, once the handles are what the user's document says. */
    async endChange({ userId, changeId }: Pick<OpenChange, 'userId' | 'changeId'>): Promise<void> {
      await model.updateOne(
        { _id: userId as string, 'handleChange.changeId': changeId },
        { $set: { handleChange: null } },
      );
    },

    /** The changes that are on their way since before an instant: a crash left them behind. */
    async changesSince({ before, limit }: { before: Instant; limit: number }): Promise<OpenChange[]> {
      const docs = await model
        .find({ 'handleChange.at': { $lt: before } }, { handleChange: 1 })
        .limit(limit)
        .lean<UserDoc[]>();
      return docs.flatMap(({ _id, handleChange }) =>
        handleChange ? [openChange(_id as UserId, handleChange)] : [],
      );
    },
  };
}
