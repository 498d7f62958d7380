/**
 * What a parser says of text from outside: the value, or why it is none.
 *
 * `code` is a stable error code of the HTTP contract (snake case); `detail` is a sentence for people and never
 * repeats the refused text, which may be personal data.
 */
export type Parsed<T> = Accepted<T> | Refused;

/** The text was good, and this is its value. */
export type Accepted<T> = { ok: true; value: T };

/** The text was not good. */
export type Refused = { ok: false; code: string; detail: string };

/** Wraps a parsed value. */
export function accepted<T>(value: T): Accepted<T> {
  return { ok: true, value };
}

/** Refuses a text. `detail` must not contain it. */
export function refused(code: string, detail: string): Refused {
  return { ok: false, code, detail };
}
