import type { z } from 'zod';
import { parsePart } from './validation.ts';

/** Enough for every JSON body of ours, and too little to fill the memory with. */
const jsonLimitBytes = 64 * 1024;

/** A body that is read whole, and is JSON. */
export interface JsonBody<Value> {
  readonly kind: 'json';
  /** For OpenAPI; and for `parse`, unless that is another one. */
  readonly schema: z.ZodType;
  readonly limitBytes: number;
  readonly mediaTypes: readonly string[];
  readonly example?: unknown;
  /** Checks the parsed JSON. Throws a `Problem`. */
  parse(json: unknown): Value;
}

/** A body that the handler reads piece by piece, in memory that doesn't grow with it. */
export interface StreamBody {
  readonly kind: 'stream';
  readonly mediaTypes: readonly string[];
  /** The `content-encoding`s that the handler can undo, in lower case. */
  readonly encodings: readonly string[];
  readonly description: string;
}

/** Declares a JSON body, checked by its schema. */
export function jsonBody<S extends z.ZodType>(facts: {
  schema: S;
  limitBytes?: number;
  example?: unknown;
}): JsonBody<z.output<S>> {
  const { schema, limitBytes = jsonLimitBytes, example } = facts;
  return {
    kind: 'json',
    schema,
    limitBytes,
    mediaTypes: ['application/json'],
    example,
    parse: (json) => parsePart({ schema, part: 'body', value: json }),
  };
}

/** Declares a body that the handler reads as a stream. */
export function streamBody(facts: Omit<StreamBody, 'kind'>): StreamBody {
  return { kind: 'stream', ...facts };
}
