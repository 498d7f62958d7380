import type { Connection } from 'mongoose';
import { Schema } from 'mongoose';
import type { ClaimId, NumberKey, UserId } from '../domain/ids.ts';
import type { Instant } from '../domain/instant.ts';
import { insertNew, modelOf } from './schema.ts';
import type { UserPhone } from './users.ts';

/** What somebody wants a number for that can't be given without a verdict. */
export type PhoneRequestKind = 'registration' | 'phone-change';

/** Somebody proved to hold a number that is another user's login phone, or that events call frozen, and wants it. */
export interface PhoneRequest {
  /** Of a registration its id, of a phone change likewise. */
  requestId: string;
  kind: PhoneRequestKind;
  /** `granted` once the claim was made and all that follows from it is done. */
  status: 'pending' | 'granted' | 'refused';
  /** Why it was refused, a code of the HTTP contract; null while it wasn't. */
  reason: string | null;
  /** Who is to have the number: of a registration a pending user. */
  userId: UserId;
  numberKey: NumberKey;
  /** The claim that is to be made. */
  claimId: ClaimId;
  /** When the code was sent. */
  issuedAt: Instant;
  /** When it was proven; the claim's `claimedAt`. */
  provenAt: Instant;
  /** The claim on the number when it was asked for; null where nobody held it. */
  formerClaimId: ClaimId | null;
  /** Whether that one ended for this. */
  formerHolderReleased: boolean;
  /** Of a change of phone, the phone that the user leaves for it: noted before it does. */
  leaving: UserPhone | null;
  /** Of a change of phone, the epoch of the session that asked for it: with that it ends. Absent of a registration. */
  epoch?: number;
  /** `x-correlator` of the call. */
  correlator: string;
  createdAt: Instant;
  /** When its workflow was last seen to, by whoever started it. */
  startedAt: Instant;
  settledAt: Instant | null;
}

/** A request as it begins. */
export type NewPhoneRequest = Omit<
  PhoneRequest,
  'status' | 'reason' | 'formerHolderReleased' | 'leaving' | 'startedAt' | 'settledAt'
>;

/** How a request ends. */
export type PhoneRequestEnd =
  | { readonly status: 'granted'; readonly formerHolderReleased: boolean }
  | { readonly status: 'refused'; readonly reason: string };

interface PhoneRequestDoc extends Omit<PhoneRequest, 'requestId'> {
  _id: string;
}

/** Requests for numbers that need a verdict, by their id. The document is the truth of what came of one. */
export function createPhoneRequests({ connection }: { connection: Connection }) {
  const model = modelOf<PhoneRequestDoc>(connection, {
    name: 'phoneRequests',
    fields: {
      kind: { type: String, required: true },
      status: { type: String, required: true },
      reason: { type: String, default: null },
      userId: { type: String, required: true },
      numberKey: { type: String, required: true },
      claimId: { type: String, required: true },
      issuedAt: { type: Number, required: true },
      provenAt: { type: Number, required: true },
      formerClaimId: { type: String, default: null },
      formerHolderReleased: { type: Boolean, required: true },
      leaving: { type: Schema.Types.Mixed, default: null },
      epoch: { type: Number, default: undefined },
      correlator: { type: String, default: '' },
      createdAt: { type: Number, required: true },
      startedAt: { type: Number, required: true },
      settledAt: { type: Number, default: null },
    },
    indexes: [
      { serves: 'sweep_requests_whose_workflow_was_lost', keys: { status: 1, startedAt: 1 } },
      { serves: 'pending_requests_of_users', keys: { userId: 1, status: 1 } },
    ],
  });

  const open = ({ _id, ...rest }: PhoneRequestDoc): PhoneRequest => ({ ...rest, requestId: _id });

  return {
    model,

    /** Writes a request down as pending; one that is there already stays as it is. Gives what is there then. */
    async begin(request: NewPhoneRequest): Promise<PhoneRequest> {
      return (await this.add(request)).request;
    },

    /** As `begin`; `isNew` tells whether this call wrote it. */
    async add({ requestId, ...rest }: NewPhoneRequest): Promise<{ request: PhoneRequest; isNew: boolean }> {
      const doc: PhoneRequestDoc = {
        _id: requestId,
        ...rest,
        status: 'pending',
        reason: null,
        formerHolderReleased: false,
        leaving: null,
        startedAt: rest.createdAt,
        settledAt: null,
      };
      const [inserted] = await insertNew(model, [doc]);
      const request = inserted ? open(doc) : ((await this.find(requestId)) ?? open(doc));
      return { request, isNew: inserted === true };
    },

    async find(requestId: string): Promise<PhoneRequest | null> {
      const doc = await model.findById(requestId).lean<PhoneRequestDoc>();
      return doc && open(doc);
    },

    /** Notes which phone the user leaves for the one that was asked for. */
    async noteLeaving(requestId: string, leaving: UserPhone | null): Promise<void> {
      await model.updateOne({ _id: requestId }, { $set: { leaving } });
    },

    /** Takes a pending request back that nobody has begun to decide, so that it can be made again. */
    async withdraw(requestId: string): Promise<void> {
      await model.deleteOne({ _id: requestId, status: 'pending', leaving: null });
    },

    /** Ends a pending request. Gives how it ended, now or before; null when there is none. */
    async settle(requestId: string, end: PhoneRequestEnd & { at: Instant }): Promise<PhoneRequest | null> {
      const { at, ...outcome } = end;
      const doc = await model
        .findOneAndUpdate(
          { _id: requestId, status: 'pending' },
          { $set: { ...outcome, settledAt: at } },
          { returnDocument: 'after' },
        )
        .lean<PhoneRequestDoc>();
      return doc ? open(doc) : this.find(requestId);
    },

    /** The pending requests whose workflow nobody saw to since before an instant, the longest unseen first. */
    async unseenSince({ before, limit }: { before: Instant; limit: number }): Promise<PhoneRequest[]> {
      const docs = await model
        .find({ status: 'pending', startedAt: { $lt: before } })
        .sort({ startedAt: 1 })
        .limit(limit)
        .lean<PhoneRequestDoc[]>();
      return docs.map(open);
    },

    /** Notes that the workflows of requests were seen to. */
    async seenTo(requestIds: readonly string[], at: Instant): Promise<void> {
      if (requestIds.length === 0) return;
      await model.updateMany({ _id: { $in: [...requestIds] } }, { $set: { startedAt: at } });
    },

    /** Which of these users wait for a number. */
    async waiting(userIds: readonly UserId[]): Promise<Set<UserId>> {
      if (userIds.length === 0) return new Set();
      const docs = await model
        .find({ userId: { $in: [...userIds] }, status: 'pending' }, { userId: 1 })
        .lean<Pick<PhoneRequestDoc, 'userId'>[]>();
      return new Set(docs.map(({ userId }) => userId));
    },
  };
}
