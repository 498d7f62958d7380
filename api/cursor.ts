import { createHash } from 'node:crypto';
import { z } from 'zod';
import { Problem } from './problem.ts';

/**
 * Cursors of one list: what `write` gives is opaque to callers, and `read` takes nothing else. A cursor holds where the
 * page ended, never a person's data, and a digest of the filters, for it makes no sense with others.
 */
export interface Cursors<Position> {
  write(position: Position, filters: unknown): string;
  /** Throws a `Problem` (`cursor_invalid`). */
  read(cursor: string, filters: unknown): Position;
}

/** Long enough that a cursor isn't taken for that of other filters by chance. */
const digestCharacters = 8;

const digestOf = (filters: unknown): string =>
  createHash('sha256').update(JSON.stringify(filters)).digest('base64url').slice(0, digestCharacters);

/** Makes the cursors of a list whose positions have this schema. */
export function createCursors<Position>(position: z.ZodType<Position>): Cursors<Position> {
  const schema = z.strictObject({ at: position, of: z.string() });
  return {
    // Through the schema, so that nothing gets into a cursor that isn't a position.
    write: (at, filters) =>
      Buffer.from(JSON.stringify({ at: position.parse(at), of: digestOf(filters) })).toString('base64url'),
    read(cursor, filters) {
      const parsed = schema.safeParse(decoded(cursor));
      if (!parsed.success || parsed.data.of !== digestOf(filters)) throw new Problem('cursor_invalid');
      return parsed.data.at;
    },
  };
}

function decoded(cursor: string): unknown {
  try {
    return JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'));
  } catch {
    return null;
  }
}
