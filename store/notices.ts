import type { Connection } from 'mongoose';
import type { ClaimId, NumberKey, UserId } from '../domain/ids.ts';
import type { Instant } from '../domain/instant.ts';
import { isDuplicateKey, modelOf } from './schema.ts';

/** What a former or suspended holder is told. */
export const noticeKinds = [
  'claim-suspended',
  'claim-restored',
  'claim-released',
  'claim-given-back',
  'claim-left',
] as const;

/** One of {@link noticeKinds}. */
export type NoticeKind = (typeof noticeKinds)[number];

/** A message owed to a user. It is written with the effect it tells of, and delivered by a workflow of its own. */
export interface Notice {
  /** Names the thing and the step (`claimId:released:at:notice`): it is owed, and sent, once. */
  noticeId: string;
  kind: NoticeKind;
  userId: UserId;
  numberKey: NumberKey;
  claimId: ClaimId;
  /**
   * `kept-for-login`: the user has no verified e-mail and is told at the next login, as of one that is `undeliverable`;
   * from then on it is `told-at-login`.
   */
  status: 'owed' | 'delivered' | 'kept-for-login' | 'undeliverable' | 'told-at-login';
  owedSince: Instant;
  settledAt: Instant | null;
}

interface NoticeDoc extends Omit<Notice, 'noticeId'> {
  _id: string;
}

/** What a user is told at a login. */
const keptForLogin = ['kept-for-login', 'undeliverable'] as const;

const opened = ({ _id, ...rest }: NoticeDoc): Notice => ({ ...rest, noticeId: _id });

/** Notices, by the step they tell of. */
export function createNotices({ connection }: { connection: Connection }) {
  const model = modelOf<NoticeDoc>(connection, {
    name: 'notices',
    fields: {
      kind: { type: String, required: true },
      userId: { type: String, required: true },
      numberKey: { type: String, required: true },
      claimId: { type: String, required: true },
      status: { type: String, required: true },
      owedSince: { type: Number, required: true },
      settledAt: { type: Number, default: null },
    },
    indexes: [
      { serves: 'sweep_notices_still_owed', keys: { status: 1, owedSince: 1 } },
      { serves: 'notices_kept_for_a_login', keys: { userId: 1, status: 1 } },
    ],
  });

  return {
    model,

    /** Writes a notice that is owed from now on; nothing happens when it is there already. */
    async owe({ noticeId, ...rest }: Omit<Notice, 'status' | 'settledAt'>): Promise<void> {
      try {
        await model.create({ ...rest, _id: noticeId, status: 'owed', settledAt: null });
      } catch (error) {
        if (!isDuplicateKey(error)) throw error;
      }
    },

    async find(noticeId: string): Promise<Notice | null> {
      const doc = await model.findById(noticeId).lean<NoticeDoc>();
      return doc && opened(doc);
    },

    /** Settles a notice that is still owed. */
    async settle({
      noticeId,
      status,
      at,
    }: {
      noticeId: string;
      status: Exclude<Notice['status'], 'owed' | 'told-at-login'>;
      at: Instant;
    }): Promise<void> {
      await model.updateOne({ _id: noticeId, status: 'owed' }, { $set: { status, settledAt: at } });
    },

    /** The notices that wait for a user's next login, the oldest first. */
    async keptFor(userId: UserId): Promise<Notice[]> {
      const docs = await model.find({ userId, status: { $in: [...keptForLogin] } }).lean<NoticeDoc[]>();
      return docs.map(opened).sort((a, b) => a.owedSince - b.owedSince);
    },

    /** Marks notices that waited for a login as told. */
    async tell({ noticeIds, at }: { noticeIds: readonly string[]; at: Instant }): Promise<void> {
      if (noticeIds.length === 0) return;
      await model.updateMany(
        { _id: { $in: [...noticeIds] }, status: { $in: [...keptForLogin] } },
        { $set: { status: 'told-at-login', settledAt: at } },
      );
    },

    /** The notices owed since before an instant: their delivery was lost on the way. */
    async owedSince({ before, limit }: { before: Instant; limit: number }): Promise<string[]> {
      const docs = await model
        .find({ status: 'owed', owedSince: { $lt: before } }, { _id: 1 })
        .sort({ owedSince: 1 })
        .limit(limit)
        .lean<{ _id: string }[]>();
      return docs.map(({ _id }) => _id);
    },
  };
}
