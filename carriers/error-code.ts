/** The code that Node and its libraries put on an error (ENOENT, ECONNREFUSED, …); unlike a message it repeats no data. */
export function errorCode(error: unknown): string | undefined {
  return typeof error === 'object' && error !== null && 'code' in error && typeof error.code === 'string'
    ? error.code
    : undefined;
}

/** What an error was caused by. `fetch` says only there what went wrong with the connection. */
export function causeOf(error: unknown): unknown {
  return typeof error === 'object' && error !== null && 'cause' in error ? error.cause : undefined;
}
