import { type DestinationStream, type Logger, pino, stdTimeFunctions } from 'pino';
import type { LogLevel } from './config.ts';
import { currentCorrelator } from './correlator.ts';
import { redactLine } from './redaction.ts';

export type { Logger } from 'pino';

/** Causes further down repeat more than they tell. */
const DEEPEST_CAUSE = 5;

/**
 * Makes the logger of a process: one JSON object a line on stdout, with the process as `service`, the time in UTC, the
 * level as a word and the correlator of the work going on. Log ids, codes and `logRef`s, never a person's data; should
 * some slip in, the finished line is redacted (see redaction.ts).
 */
export function createLogger(options: {
  name: string;
  level: LogLevel;
  /** Where lines go instead of stdout. */
  destination?: DestinationStream;
}): Logger {
  const settings = {
    level: options.level,
    // Not `name`, which elsewhere is a person's and is removed.
    base: { service: options.name },
    timestamp: stdTimeFunctions.isoTime,
    formatters: { level: (label: string) => ({ level: label }) },
    mixin: () => {
      const correlator = currentCorrelator();
      return correlator === undefined ? {} : { correlator };
    },
    serializers: { err: describeError, error: describeError },
    hooks: { streamWrite: redactLine },
  };
  return options.destination === undefined ? pino(settings) : pino(settings, options.destination);
}

/**
 * Only these properties of an error are logged: libraries hang whole documents, requests and addresses on theirs.
 */
function describeError(error: unknown, depth = 0): unknown {
  if (!(error instanceof Error)) {
    return error;
  }
  const code = 'code' in error ? error.code : undefined;
  return {
    type: error.name,
    ...(typeof code === 'string' || typeof code === 'number' ? { code } : {}),
    message: error.message,
    stack: error.stack,
    ...(error.cause === undefined || depth >= DEEPEST_CAUSE
      ? {}
      : { cause: describeError(error.cause, depth + 1) }),
    ...(error instanceof AggregateError && depth < DEEPEST_CAUSE
      ? { errors: error.errors.map((inner: unknown) => describeError(inner, depth + 1)) }
      : {}),
  };
}
