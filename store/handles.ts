import type { Connection } from 'mongoose';
import type { UserId } from '../domain/ids.ts';
import { isDuplicateKey, modelOf } from './schema.ts';

/** What a user can be named by beside the phone. */
export type HandleKind = 'nickname' | 'email';

interface HandleDoc {
  /** `kind:HMAC` of the normalised handle: unique, and no clear text. */
  _id: string;
  userId: UserId;
}

/** Unique handles. An unverified e-mail is never among them. */
export function createHandles({
  connection,
  blindIndex,
}: {
  connection: Connection;
  blindIndex: (kind: string, value: string) => string;
}) {
  const model = modelOf<HandleDoc>(connection, {
    name: 'handles',
    fields: { userId: { type: String, required: true } },
  });
  const idOf = (kind: HandleKind, normalised: string): string => `${kind}:${blindIndex(kind, normalised)}`;

  return {
    model,

    /** Reserves a handle for a user; true also when it has it already, false when it is another's. */
    async reserve({
      kind,
      normalised,
      userId,
    }: {
      kind: HandleKind;
      normalised: string;
      userId: UserId;
    }): Promise<boolean> {
      try {
        await model.create({ _id: idOf(kind, normalised), userId });
        return true;
      } catch (error) {
        if (!isDuplicateKey(error)) throw error;
        return (await this.ownerOf(kind, normalised)) === userId;
      }
    },

    async ownerOf(kind: HandleKind, normalised: string): Promise<UserId | null> {
      return (await model.findById(idOf(kind, normalised)).lean<HandleDoc>())?.userId ?? null;
    },

    /** Frees a handle, if it is this user's. */
    async free({
      kind,
      normalised,
      userId,
    }: {
      kind: HandleKind;
      normalised: string;
      userId: UserId;
    }): Promise<void> {
      await model.deleteOne({ _id: idOf(kind, normalised), userId });
    },
  };
}
