import type { Dialect } from './dialect.ts';
import { jsonHttp } from './json-http.ts';

/** Every dialect by the name it has in the registry. */
export const dialects: Readonly<Record<string, Dialect>> = {
  'json-http': jsonHttp,
};

/** What the registry may name. */
export const dialectNames: readonly string[] = Object.keys(dialects);
