import { STATUS_CODES } from 'node:http';
import type { NextFunction, Request, Response } from 'express';
import type { Logger } from 'pino';
import type { z } from 'zod';

/** What is wrong with a part of a body: where (RFC 6901) and what. */
export interface BodyFault {
  readonly pointer: string;
  readonly message: string;
}

/** A request to the controls that can't be done. `code` is stable, `detail` is for people. */
export class Problem extends Error {
  readonly status: number;
  readonly code: string;
  readonly errors: readonly BodyFault[];

  constructor(status: number, code: string, detail: string, errors: readonly BodyFault[] = []) {
    super(detail);
    this.name = 'Problem';
    this.status = status;
    this.code = code;
    this.errors = errors;
  }
}

/** Reads what a caller sent; throws a 400 `Problem` that names every fault. No body at all counts as `{}`. */
export function read<T>(schema: z.ZodType<T>, input: unknown): T {
  const parsed = schema.safeParse(input ?? {});
  if (parsed.success) {
    return parsed.data;
  }
  const errors = parsed.error.issues.map(({ path, message }) => ({
    pointer: path.map((part) => `/${String(part)}`).join(''),
    message,
  }));
  const detail = errors.map(({ pointer, message }) => `${pointer || 'the request'}: ${message}`).join('; ');
  throw new Problem(400, 'bad_request', detail, errors);
}

/** Answers problems as RFC 9457 `application/problem+json`; what nobody expected is logged and becomes a 500. */
export function problemHandler(logger: Logger) {
  return (error: unknown, _request: Request, response: Response, _next: NextFunction): void => {
    const { status, code, message, errors } = asProblem(error, logger);
    response
      .status(status)
      .type('application/problem+json')
      .json({
        type: 'about:blank',
        title: STATUS_CODES[status] ?? 'Problem',
        status,
        detail: message,
        code,
        ...(errors.length === 0 ? {} : { errors }),
      });
  };
}

function asProblem(error: unknown, logger: Logger): Problem {
  if (error instanceof Problem) {
    return error;
  }
  // Express' own errors (broken JSON, a body too large) carry their status, and their text may quote the body.
  const status = error instanceof Error && 'status' in error ? Number(error.status) : 500;
  if (status >= 400 && status < 500) {
    return new Problem(status, 'bad_request', 'The request is not readable: its body must be JSON in UTF-8');
  }
  logger.error({ err: error }, 'a control failed');
  return new Problem(500, 'internal_error', 'The simulator failed; its log says more');
}
