import { type ProblemCode, problemCodes } from './problem-codes.ts';

/** One fault of a request: where it is, and what is wrong there. Neither repeats what the caller sent. */
export interface RequestFault {
  /** In the body: a JSON Pointer (RFC 6901). */
  pointer?: string;
  /** Elsewhere: the name of the path, query or header parameter. */
  parameter?: string;
  message: string;
  /** Of a carrier's event: its id. */
  id?: string;
}

/** An answer that is a problem (RFC 9457), thrown from wherever it shows. Its `detail` goes to the caller. */
export class Problem extends Error {
  override readonly name = 'Problem';
  readonly code: ProblemCode;
  readonly errors: readonly RequestFault[] | undefined;
  readonly headers: Readonly<Record<string, string>>;
  /** That of the code, unless this route answers it with another one. */
  readonly status: number;
  /** Members beyond those of RFC 9457 §3.1 (§3.2). */
  readonly extensions: Readonly<Record<string, unknown>>;

  constructor(
    code: ProblemCode,
    facts: {
      /** What is to be said beyond the title, without any value of the request. */
      detail?: string;
      errors?: readonly RequestFault[];
      headers?: Readonly<Record<string, string>>;
      status?: number;
      extensions?: Readonly<Record<string, unknown>>;
    } = {},
  ) {
    super(facts.detail ?? problemCodes[code].title);
    this.code = code;
    this.errors = facts.errors;
    this.headers = facts.headers ?? {};
    this.status = facts.status ?? problemCodes[code].status;
    this.extensions = facts.extensions ?? {};
  }
}

/** The media type of problems. */
export const problemMediaType = 'application/problem+json';

/** The `type` of a problem: a name, not an address; `code` says the same in short. */
export const problemType = (code: ProblemCode): string =>
  `urn:linekeeper:problem:${code.replaceAll('_', '-')}`;

/** The body of a problem. */
export function problemBody(problem: Problem) {
  return {
    type: problemType(problem.code),
    title: problemCodes[problem.code].title,
    status: problem.status,
    detail: problem.message,
    code: problem.code,
    ...(problem.errors === undefined ? {} : { errors: problem.errors }),
    ...problem.extensions,
  };
}

/** Seconds after which a caller who was told "temporarily unavailable" should come again: most faults last longer than one. */
const retryAfterSeconds = 5;

/** Tells a caller to come again later. Nothing was taken. */
export function temporarilyUnavailable(detail: string): Problem {
  return new Problem('temporarily_unavailable', {
    detail,
    headers: { 'retry-after': String(retryAfterSeconds) },
  });
}
