import { createHash, randomUUID } from 'node:crypto';
import type { Connection } from 'mongoose';
import { Schema } from 'mongoose';
import type { DurationMs, Instant } from '../domain/instant.ts';
import { type FieldCipher, SealError } from '../platform/field-cipher.ts';
import { type AuditSeal, auditSealDigest, type VerifiedAudit, verifyChain } from './audit-chain.ts';
import { isDuplicateKey, modelOf } from './schema.ts';

/** Who looked at or did what. Facts by ids and codes; never personal data. */
export interface AuditRecord {
  /** Begins with the record's time, so that records are in order by it. */
  recordId: string;
  at: Instant;
  /** The token's subject, or `linekeeper`. */
  actor: string;
  /** What was done, as `number.viewed`. */
  action: string;
  /** What it was done to: a number's key, a user's id, or the name of a list. */
  subject: string;
  details: Record<string, string | number | boolean | null>;
  correlator: string;
}

interface AuditDoc {
  /** `<RFC 3339 time in UTC with milliseconds>:<UUID>`: a range of time is a range of ids. */
  _id: string;
  actor: string;
  action: string;
  subject: string;
  /** Sealed JSON: what callers put here is theirs, so it isn't left to readers of a backup. */
  details: string;
  correlator: string;
}

interface SealDoc extends Omit<AuditSeal, 'sequence'> {
  /** The seal's sequence number with leading zeros: two sealers can't write the same one, so the chain can't fork. */
  _id: string;
}

/** A page of records, the newest first. */
export interface AuditQuery {
  readonly subject?: string | undefined;
  readonly actor?: string | undefined;
  /** From this instant on. */
  readonly from?: Instant | undefined;
  /** Before this instant. */
  readonly to?: Instant | undefined;
  /** The last record of the page before. */
  readonly cursor?: string | undefined;
  readonly limit: number;
}

/**
 * Records are sealed when they are this old. By then every write that was under way has ended (the driver gives up
 * within seconds) and clocks of two processes agree, so a record that turns up in a sealed time was slipped in.
 */
const settlesAfter: DurationMs = 5 * 60_000;

/** After an hour without records an empty seal is written, so that nothing can be slipped into a quiet time either. */
const quietSealedAfter: DurationMs = 60 * 60_000;

/** A seal names each of its records, about 120 bytes each: well within one document. */
const recordsPerSeal = 1_000;

/** Enough digits for a seal each second for 30,000 years. */
const sequenceDigits = 12;

const field = 'audit.details';

/** The least id that a record of this instant can have. */
const idFrom = (instant: Instant): string => new Date(instant).toISOString();

const sequenceId = (sequence: number): string => String(sequence).padStart(sequenceDigits, '0');

/** The audit: records are only ever appended, and sealed in batches into a hash chain. */
export function createAudit({ connection, cipher }: { connection: Connection; cipher: FieldCipher }) {
  const model = modelOf<AuditDoc>(connection, {
    name: 'audit',
    fields: {
      actor: { type: String, required: true },
      action: { type: String, required: true },
      subject: { type: String, required: true },
      details: { type: String, required: true },
      correlator: { type: String, default: '' },
    },
    indexes: [
      { serves: 'audit_of_a_subject', keys: { subject: 1, _id: -1 } },
      { serves: 'audit_of_an_actor', keys: { actor: 1, _id: -1 } },
    ],
  });
  const seals = modelOf<SealDoc>(connection, {
    name: 'auditSeals',
    fields: {
      sealedAt: { type: Number, required: true },
      after: { type: String, default: '' },
      through: { type: String, required: true },
      records: { type: [Schema.Types.Mixed], required: true } as never,
      previous: { type: String, default: '' },
      digest: { type: String, required: true },
    },
  });

  const open = ({ _id, details, ...rest }: AuditDoc): AuditRecord => ({
    ...rest,
    recordId: _id,
    at: Date.parse(_id.slice(0, _id.indexOf('Z') + 1)),
    details: JSON.parse(cipher.decrypt(details, field)),
  });

  /** The digest of a record by what it says, so that re-keying the store changes none; null where it can't be read. */
  const digestOf = ({ _id, actor, action, subject, details, correlator }: AuditDoc): string | null => {
    try {
      const plain = cipher.decrypt(details, field);
      const content = JSON.stringify([_id, actor, action, subject, plain, correlator]);
      return createHash('sha256').update(content).digest('base64url');
    } catch (error) {
      // A key that is missing here says nothing about the record.
      if (!(error instanceof SealError) || error.fault === 'unknown-key') throw error;
      return null;
    }
  };

  const lastSeal = (): Promise<SealDoc | null> => seals.findOne().sort({ _id: -1 }).lean<SealDoc>().exec();

  const between = async (after: string, through: string, limit: number): Promise<AuditDoc[]> =>
    model
      .find({ _id: { $gt: after, $lte: through } })
      .sort({ _id: 1 })
      .limit(limit)
      .lean<AuditDoc[]>();

  /** Seals one batch; null when there is none, or somebody else was faster. */
  const sealBatch = async (now: Instant): Promise<{ sequence: number; digest: string } | null> => {
    const last = await lastSeal();
    const after = last?.through ?? '';
    const settled = idFrom(now - settlesAfter);
    const docs = await between(after, settled, recordsPerSeal);
    if (docs.length === 0 && last && now - last.sealedAt < quietSealedAfter) return null;

    const sequence = last ? Number(last._id) + 1 : 1;
    const seal = {
      sealedAt: now,
      after,
      through: docs.length === recordsPerSeal ? (docs.at(-1)?._id ?? settled) : settled,
      records: docs.map((doc) => ({ recordId: doc._id, digest: digestOf(doc) ?? 'unreadable' })),
      previous: last?.digest ?? '',
    };
    const digest = auditSealDigest({ sequence, ...seal });
    try {
      await seals.create({ ...seal, _id: sequenceId(sequence), digest });
    } catch (error) {
      if (!isDuplicateKey(error)) throw error;
      return null;
    }
    return { sequence, digest };
  };

  return {
    model,
    seals,

    /** Writes a record. It resolves when the record is durable: what it speaks of is shown or done only then. */
    async append({ at, details, ...rest }: Omit<AuditRecord, 'recordId'>): Promise<void> {
      await model.create({
        ...rest,
        _id: `${idFrom(at)}:${randomUUID()}`,
        details: cipher.encrypt(JSON.stringify(details), field),
      });
    },

    async list({ subject, actor, from, to, cursor, limit }: AuditQuery): Promise<AuditRecord[]> {
      const before = [cursor, to === undefined ? undefined : idFrom(to)]
        .filter((id) => id !== undefined)
        .sort()[0];
      const range = {
        ...(from === undefined ? {} : { $gte: idFrom(from) }),
        ...(before === undefined ? {} : { $lt: before }),
      };
      const docs = await model
        .find({
          ...(subject === undefined ? {} : { subject }),
          ...(actor === undefined ? {} : { actor }),
          ...(Object.keys(range).length === 0 ? {} : { _id: range }),
        })
        .sort({ _id: -1 })
        .limit(limit)
        .lean<AuditDoc[]>();
      return docs.map(open);
    },

    /** Up to which record all are sealed; the empty string while none is. Ids compare as strings. */
    async sealedThrough(): Promise<string> {
      return (await lastSeal())?.through ?? '';
    },

    /**
     * Seals what has settled since the last seal. Of several callers at once each batch is sealed by one. Gives the last
     * seal that this call wrote; null when there was nothing to seal yet or others were faster.
     *
     * Whoever keeps the digest elsewhere, as the log does, can later prove that the chain was not rewritten or cut.
     */
    async seal({ now }: { now: Instant }): Promise<{ sequence: number; digest: string } | null> {
      let written: { sequence: number; digest: string } | null = null;
      for (;;) {
        const next = await sealBatch(now);
        if (!next) return written;
        written = next;
      }
    },

    /**
     * Goes through the whole chain and finds what was changed, removed or slipped in after it was sealed. `anchor` is
     * a seal noted elsewhere: with it a chain that was rewritten or cut off before it is found too.
     */
    async verify(anchor?: { sequence: number; digest: string }): Promise<VerifiedAudit> {
      const chain = (async function* () {
        for await (const doc of seals.find().sort({ _id: 1 }).lean<SealDoc[]>().cursor()) {
          const { _id, ...rest } = doc;
          yield { ...rest, sequence: Number(_id) };
        }
      })();
      return verifyChain({
        chain,
        anchor,
        recordsIn: async ({ after, through }) => {
          const docs = await between(after, through, 0);
          return docs.map((doc) => ({ recordId: doc._id, digest: digestOf(doc) }));
        },
      });
    },
  };
}

/** The store of the audit. */
export type Audit = ReturnType<typeof createAudit>;
