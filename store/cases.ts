import type { Connection } from 'mongoose';
import type { CaseId, ClaimId, NumberKey, UserId } from '../domain/ids.ts';
import type { Instant } from '../domain/instant.ts';
import { isDuplicateKey, modelOf } from './schema.ts';

/** What people are asked to decide. */
export type CaseKind = 'disputed-release' | 'undecided-verdict' | 'undeliverable-notice';

/** A human task: what no rule decides, or what could not be finished (I8). */
export interface SupportCase {
  /** Names the thing (`claimId:kind`): one matter is one case. */
  caseId: CaseId;
  kind: CaseKind;
  status: 'open' | 'decided';
  numberKey: NumberKey;
  claimId: ClaimId;
  userId: UserId;
  openedAt: Instant;
}

interface CaseDoc extends Omit<SupportCase, 'caseId'> {
  _id: string;
}

/** Support cases, by what they are about. */
export function createCases({ connection }: { connection: Connection }) {
  const model = modelOf<CaseDoc>(connection, {
    name: 'cases',
    fields: {
      kind: { type: String, required: true },
      status: { type: String, required: true },
      numberKey: { type: String, required: true },
      claimId: { type: String, required: true },
      userId: { type: String, required: true },
      openedAt: { type: Number, required: true },
    },
  });

  return {
    model,

    /** Opens a case. False when it was opened before. */
    async open({ caseId, ...rest }: Omit<SupportCase, 'status'>): Promise<boolean> {
      try {
        await model.create({ _id: caseId as string, ...rest, status: 'open' });
        return true;
      } catch (error) {
        if (!isDuplicateKey(error)) throw error;
        return false;
      }
    },

    async find(caseId: CaseId): Promise<SupportCase | null> {
      const doc = await model.findById(caseId).lean<CaseDoc>();
      if (!doc) return null;
      const { _id, ...rest } = doc;
      return { ...rest, caseId: _id as CaseId };
    },
  };
}
