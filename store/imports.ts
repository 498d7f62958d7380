import type { Connection } from 'mongoose';
import type { ImportId } from '../domain/ids.ts';
import type { Instant } from '../domain/instant.ts';
import type { FieldCipher } from '../platform/field-cipher.ts';
import { createImportChunks, type ImportCounts } from './import-chunks.ts';
import { modelOf } from './schema.ts';

interface ImportDoc extends ImportCounts {
  _id: string;
  /** `receiving` until all of its lines are here; `dropped` when they never came, until nothing of it is left. */
  status: 'receiving' | 'dropped' | 'running' | 'completed' | 'failed';
  /** Why it failed, as a code. */
  reason: string | null;
  /** The client that sent it. */
  client: string;
  correlator: string;
  receivedAt: Instant;
  /** The last sign of life: by it the sweep finds what was lost. */
  touchedAt: Instant;
  settledAt: Instant | null;
  /** Lines received, blank ones left out. */
  lines: number;
  /** Parts that the lines were kept in. */
  chunks: number;
  /** Parts that are done, from the first. The counts are theirs. */
  chunksDone: number;
}

/** A bulk import of users. */
export interface UserImport extends Omit<ImportDoc, '_id'> {
  importId: ImportId;
}

/** Bulk imports of users, by their id. */
export function createImports({ connection, cipher }: { connection: Connection; cipher: FieldCipher }) {
  const model = modelOf<ImportDoc>(connection, {
    name: 'imports',
    fields: {
      status: { type: String, required: true },
      reason: { type: String, default: null },
      client: { type: String, required: true },
      correlator: { type: String, default: '' },
      receivedAt: { type: Number, required: true },
      touchedAt: { type: Number, required: true },
      settledAt: { type: Number, default: null },
      lines: { type: Number, required: true },
      chunks: { type: Number, required: true },
      chunksDone: { type: Number, required: true },
      imported: { type: Number, required: true },
      rejected: { type: Number, required: true },
    },
    indexes: [{ serves: 'sweep_imports_without_a_sign_of_life', keys: { status: 1, touchedAt: 1 } }],
  });
  const chunks = createImportChunks({ connection, cipher });

  return {
    model,
    chunks,

    async find(importId: ImportId): Promise<UserImport | null> {
      const doc = await model.findById(importId).lean<ImportDoc>();
      if (!doc) return null;
      const { _id, ...rest } = doc;
      return { ...rest, importId: _id as ImportId };
    },

    /** Begins to receive an import. */
    async begin({
      importId,
      at,
      ...rest
    }: {
      importId: ImportId;
      client: string;
      correlator: string;
      at: Instant;
    }): Promise<void> {
      const none = { lines: 0, chunks: 0, chunksDone: 0, imported: 0, rejected: 0 };
      await model.create({
        ...rest,
        ...none,
        _id: importId as string,
        status: 'receiving',
        reason: null,
        receivedAt: at,
        touchedAt: at,
        settledAt: null,
      });
    },

    /** Shows that an import is still being received, or was set going again. */
    async touch(importId: ImportId, at: Instant): Promise<void> {
      await model.updateOne({ _id: importId as string }, { $set: { touchedAt: at } });
    },

    /**
     * All lines are here: from now on the import runs, whatever becomes of its caller. False when it is no longer
     * being received, for the sweep took it for lost.
     */
    async accept({
      importId,
      at,
      ...received
    }: {
      importId: ImportId;
      lines: number;
      chunks: number;
      at: Instant;
    }): Promise<boolean> {
      const { matchedCount } = await model.updateOne(
        { _id: importId as string, status: 'receiving' },
        { $set: { ...received, status: 'running', touchedAt: at } },
      );
      return matchedCount === 1;
    },

    /** Drops an import that was never received whole, with the lines that did come. One that was accepted stays. */
    async drop(importId: ImportId): Promise<void> {
      await model.updateOne(
        { _id: importId as string, status: 'receiving' },
        { $set: { status: 'dropped' } },
      );
      const left = await model.findById(importId).lean<ImportDoc>();
      if (left !== null && left.status !== 'dropped') return;
      await chunks.removeAll(importId);
      await model.deleteOne({ _id: importId as string, status: 'dropped' });
    },

    /** Notes how far an import has come: all counts as they are after so many parts, so that it may be noted twice. */
    async noteProgress({
      importId,
      chunksDone,
      counts: { imported, rejected },
      at,
    }: {
      importId: ImportId;
      chunksDone: number;
      counts: ImportCounts;
      at: Instant;
    }): Promise<void> {
      await model.updateOne(
        { _id: importId as string, status: 'running', chunksDone: { $lt: chunksDone } },
        { $set: { chunksDone, imported, rejected, touchedAt: at } },
      );
    },

    /** Ends a running import. */
    async settle({
      importId,
      at,
      ...end
    }: {
      importId: ImportId;
      status: 'completed' | 'failed';
      reason: string | null;
      at: Instant;
    }): Promise<void> {
      await model.updateOne(
        { _id: importId as string, status: 'running' },
        { $set: { ...end, settledAt: at, touchedAt: at } },
      );
    },

    /** The imports in one of these states that gave no sign of life since an instant, the quietest first. */
    async quietSince({
      statuses,
      before,
      limit,
    }: {
      statuses: readonly UserImport['status'][];
      before: Instant;
      limit: number;
    }): Promise<Pick<UserImport, 'importId' | 'correlator'>[]> {
      const docs = await model
        .find({ status: { $in: [...statuses] }, touchedAt: { $lt: before } }, { correlator: 1 })
        .sort({ touchedAt: 1 })
        .limit(limit)
        .lean<Pick<ImportDoc, '_id' | 'correlator'>[]>();
      return docs.map(({ _id, correlator }) => ({ importId: _id as ImportId, correlator }));
    },
  };
}
