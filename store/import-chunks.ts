import type { Connection } from 'mongoose';
import { Schema } from 'mongoose';
import { asUserId, type ImportId, type UserId } from '../domain/ids.ts';
import type { FieldCipher } from '../platform/field-cipher.ts';
import { modelOf } from './schema.ts';

/** One line of an import as it was received: its text, or why it was not even kept. `line` counts from 1. */
export type ReceivedLine =
  | { readonly line: number; readonly text: string }
  | { readonly line: number; readonly fault: 'line_too_long' | 'line_malformed' };

/** What came of one line. `detail` never holds what stood in it. */
export type LineResult =
  | { readonly line: number; readonly userId: UserId }
  | { readonly line: number; readonly code: string; readonly detail: string };

/** How many lines became users, and how many did not. */
export type ImportCounts = { readonly imported: number; readonly rejected: number };

/** A part of an import: lines to be done, or what came of them. */
export type ImportChunk =
  | { readonly done: false; readonly lines: readonly ReceivedLine[] }
  | { readonly done: true; readonly results: readonly LineResult[] };

interface ChunkDoc {
  /** `importId:<index with leading zeros>`. */
  _id: string;
  /** Sealed JSON of the lines; null once they are done, for then nobody needs them. */
  body: string | null;
  /** Null until the lines are done. */
  results: LineResult[] | null;
}

/** Names a part of an import: `index` counts from 0. */
interface ChunkName {
  readonly importId: ImportId;
  readonly index: number;
}

const field = 'import.lines';
/** Enough digits for more parts than an import may have. */
const indexDigits = 6;

/** The lines of imports, in sealed parts, and what came of them. */
export function createImportChunks({ connection, cipher }: { connection: Connection; cipher: FieldCipher }) {
  const model = modelOf<ChunkDoc>(connection, {
    name: 'importChunks',
    fields: {
      body: { type: String, default: null },
      results: { type: Schema.Types.Mixed, default: null },
    },
  });
  const idOf = ({ importId, index }: ChunkName): string =>
    `${importId}:${String(index).padStart(indexDigits, '0')}`;

  return {
    model,

    /** Keeps a part as it was received. */
    async add({ lines, ...name }: ChunkName & { lines: readonly ReceivedLine[] }): Promise<void> {
      await model.create({
        _id: idOf(name),
        body: cipher.encrypt(JSON.stringify(lines), field),
        results: null,
      });
    },

    /** A part; null when there is none. Throws a `SealError` when its lines can't be opened. */
    async find(name: ChunkName): Promise<ImportChunk | null> {
      const doc = await model.findById(idOf(name)).lean<ChunkDoc>();
      if (doc?.results) {
        const results = doc.results.map((each) =>
          'userId' in each ? { ...each, userId: asUserId(each.userId) } : each,
        );
        return { done: true, results };
      }
      return doc?.body ? { done: false, lines: JSON.parse(cipher.decrypt(doc.body, field)) } : null;
    },

    /** Keeps what came of a part, and lets its lines go; what was kept first stays. */
    async finish({ results, ...name }: ChunkName & { results: readonly LineResult[] }): Promise<void> {
      await model.updateOne(
        { _id: idOf(name), results: null },
        { $set: { results: [...results], body: null } },
      );
    },

    /** Removes all parts of an import. */
    async removeAll(importId: ImportId): Promise<void> {
      // ';' follows ':' in ASCII: a range of ids, in which no other import's are.
      await model.deleteMany({ _id: { $gte: `${importId}:`, $lt: `${importId};` } });
    },
  };
}

/** Counts what came of lines. */
export function countsOf(results: readonly LineResult[]): ImportCounts {
  const imported = results.filter((each) => 'userId' in each).length;
  return { imported, rejected: results.length - imported };
}
