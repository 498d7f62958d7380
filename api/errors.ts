import { isGrpcServiceError } from '@temporalio/client';
import type { ErrorRequestHandler } from 'express';
import { mongo } from 'mongoose';
import type { Logger } from '../platform/logger.ts';
import { Problem, problemBody, problemMediaType, temporarilyUnavailable } from './problem.ts';

/** The problem that an error stands for. What we don't know is our fault, and nothing of it is told to the caller. */
export function problemOf(error: unknown): Problem {
  if (error instanceof Problem) return error;
  if (isAwayStore(error)) return temporarilyUnavailable('The store does not answer at the moment');
  if (isGrpcServiceError(error))
    return temporarilyUnavailable('The workflow server does not answer at the moment');
  // Express refuses a path with a broken percent-encoding with such an error.
  if (error instanceof URIError) return new Problem('not_found');
  return new Problem('internal_error');
}

function isAwayStore(error: unknown): boolean {
  return (
    error instanceof mongo.MongoNetworkError ||
    error instanceof mongo.MongoServerSelectionError ||
    error instanceof mongo.MongoNotConnectedError
  );
}

/** Whether the caller left before the answer was out. */
const isCallerGone = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && error.code === 'ERR_STREAM_PREMATURE_CLOSE';

/** The one place where errors become answers. */
export function answerErrors({ logger }: { logger: Logger }): ErrorRequestHandler {
  return (error: unknown, _request, response, _next) => {
    const problem = problemOf(error);
    if (problem.status >= 500 && !isCallerGone(error))
      logger.error({ err: error, code: problem.code }, 'A request failed');
    if (response.headersSent || response.destroyed) {
      // An answer that broke off in the middle must not look whole.
      response.destroy();
      return;
    }
    for (const [name, value] of Object.entries(problem.headers)) response.setHeader(name, value);
    response
      .status(problem.status)
      .setHeader('content-type', problemMediaType)
      .end(JSON.stringify(problemBody(problem)));
  };
}
