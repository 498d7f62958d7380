import type { Connection } from 'mongoose';
import { Schema } from 'mongoose';
import type { ClaimId, NumberKey, UserId } from '../domain/ids.ts';
import type { Instant } from '../domain/instant.ts';
import { insertNew, modelOf } from './schema.ts';

/** What was asked, decided and done about a number. Facts only; never personal data. */
export interface Evidence {
  /** Names the thing and the step (`claimId:suspended:since`), so that what is done twice stands here once. */
  evidenceId: string;
  numberKey: NumberKey;
  kind: 'verdict' | 'decision' | 'effect';
  code: string;
  at: Instant;
  /** `linekeeper`, `carrier:<province>/<system>`, or a staff member's subject. */
  actor: string;
  claimId: ClaimId | null;
  userId: UserId | null;
  details: Record<string, string | number | boolean | null>;
}

interface EvidenceDoc extends Omit<Evidence, 'evidenceId'> {
  _id: string;
}

/** Evidence: append only. */
export function createEvidence({ connection }: { connection: Connection }) {
  const model = modelOf<EvidenceDoc>(connection, {
    name: 'evidence',
    fields: {
      numberKey: { type: String, required: true },
      kind: { type: String, required: true },
      code: { type: String, required: true },
      at: { type: Number, required: true },
      actor: { type: String, required: true },
      claimId: { type: String, default: null },
      userId: { type: String, default: null },
      details: { type: Schema.Types.Mixed, required: true },
    },
    indexes: [{ serves: 'timeline_of_a_number', keys: { numberKey: 1, at: 1 } }],
  });

  return {
    model,

    /** Adds some; what is there already stays as it is. */
    async add(...items: Evidence[]): Promise<void> {
      await insertNew(
        model,
        items.map(({ evidenceId, ...rest }) => ({ _id: evidenceId, ...rest })),
      );
    },

    /** All about a number, oldest first. */
    async ofNumber(numberKey: NumberKey): Promise<Evidence[]> {
      const docs = await model.find({ numberKey }).sort({ at: 1 }).lean<EvidenceDoc[]>();
      return docs.map(({ _id, ...rest }) => ({ ...rest, evidenceId: _id }));
    },
  };
}
