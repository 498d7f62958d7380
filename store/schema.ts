import { type Connection, type IndexDefinition, type Model, Schema, type SchemaDefinition } from 'mongoose';

/** An index, under a name that says which query it serves. */
export interface QueryIndex {
  /** The query in words, as in `numbers_by_state_and_freeze_end`. */
  readonly serves: string;
  readonly keys: IndexDefinition;
}

/** One collection: its documents' shape and its indexes. The hot path needs none but `_id`. */
export interface CollectionSpec {
  readonly name: string;
  readonly fields: SchemaDefinition;
  readonly indexes?: readonly QueryIndex[];
}

/**
 * Makes the model of a collection. Unknown fields throw, so that nothing is written which the schema doesn't name; the
 * documents' types are the interfaces of this folder, and reads are lean.
 */
export function modelOf<Doc extends { _id: string }>(
  connection: Connection,
  spec: CollectionSpec,
): Model<Doc> {
  const schema = new Schema<Doc>(
    { _id: { type: String, required: true }, ...spec.fields } as SchemaDefinition<Doc>,
    {
      collection: spec.name,
      versionKey: false,
      strict: 'throw',
      minimize: false,
      autoIndex: false,
      autoCreate: false,
    },
  );
  for (const index of spec.indexes ?? []) schema.index(index.keys, { name: index.serves });
  return connection.model<Doc>(spec.name, schema);
}

/** The code of MongoDB for a key that is there already. */
const duplicateKey = 11000;

/** Tells whether a write failed because its `_id` is taken: that is an answer here, not a failure. */
export const isDuplicateKey = (error: unknown): boolean =>
  typeof error === 'object' && error !== null && 'code' in error && error.code === duplicateKey;

/**
 * Writes documents that aren't there yet, in one call. For each: whether it was written; false where its `_id` was
 * taken. They are written as they are: their types are all that checks them, for they are many.
 */
export async function insertNew<Doc extends { _id: string }>(
  model: Model<Doc>,
  docs: readonly Doc[],
): Promise<boolean[]> {
  if (docs.length === 0) return [];
  const taken = new Set<number>();
  try {
    await model.insertMany(docs, { ordered: false, lean: true });
  } catch (error) {
    for (const index of duplicates(error)) taken.add(index);
    if (taken.size === 0) throw error;
  }
  return docs.map((_, index) => !taken.has(index));
}

/** Which documents of a bulk insert were there already; none where it failed for another reason too. */
function duplicates(error: unknown): number[] {
  if (!isDuplicateKey(error) || typeof error !== 'object' || error === null) return [];
  const failed: unknown = 'writeErrors' in error ? error.writeErrors : [];
  const each: { code?: unknown; index?: unknown }[] = Array.isArray(failed) ? failed : [failed];
  return each.every(({ code }) => code === duplicateKey) ? each.map(({ index }) => Number(index)) : [];
}
