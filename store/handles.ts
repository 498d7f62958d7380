import type { Connection } from 'mongoose';
import type { UserId } from '../domain/ids.ts';
import { insertNew, modelOf } from './schema.ts';

/** What a user can be named by beside the phone. */
export type HandleKind = 'nickname' | 'email';

/** A user's hold of a handle. */
export interface Handle {
  readonly kind: HandleKind;
  readonly normalised: string;
  readonly userId: UserId;
}

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

    /** Reserves handles. For each: true also when it is its user's already, false when it is another's. */
    async reserveMany(handles: readonly Handle[]): Promise<boolean[]> {
      const reserved = await insertNew(
        model,
        handles.map(({ kind, normalised, userId }) => ({ _id: idOf(kind, normalised), userId })),
      );
      if (reserved.every(Boolean)) return reserved;
      const owners = await this.ownersOf(handles);
      return handles.map(({ userId }, index) => reserved[index] === true || owners[index] === userId);
    },

    /** Reserves one handle. */
    async reserve(handle: Handle): Promise<boolean> {
      const [reserved] = await this.reserveMany([handle]);
      return reserved === true;
    },

    /** Whose each handle is; null where it is nobody's. */
    async ownersOf(handles: readonly Omit<Handle, 'userId'>[]): Promise<(UserId | null)[]> {
      const ids = handles.map(({ kind, normalised }) => idOf(kind, normalised));
      const docs = await model.find({ _id: { $in: ids } }).lean<HandleDoc[]>();
      const owners = new Map(docs.map(({ _id, userId }) => [_id, userId]));
      return ids.map((id) => owners.get(id) ?? null);
    },

    async ownerOf(kind: HandleKind, normalised: string): Promise<UserId | null> {
      return (await model.findById(idOf(kind, normalised)).lean<HandleDoc>())?.userId ?? null;
    },

    /** Frees a handle, if it is this user's. */
    async free({ kind, normalised, userId }: Handle): Promise<void> {
      await model.deleteOne({ _id: idOf(kind, normalised), userId });
    },
  };
}
