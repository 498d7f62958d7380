import type { DurationMs } from '../domain/instant.ts';
import { SmsError } from './sms.ts';

/** A gateway takes a message within a second; one that is silent for this long is down. */
const usualTimeout: DurationMs = 5_000;

/**
 * Posts one message to a provider and gives its answer, whatever it is. Throws a transient `SmsError` where there is
 * none; its message names the cause by its code, since the library's own quotes addresses.
 */
export async function postSms({
  url,
  headers,
  body,
  timeout = usualTimeout,
}: {
  url: string;
  headers: Record<string, string>;
  body: string;
  timeout?: DurationMs | undefined;
}): Promise<{ status: number; text: string }> {
  const signal = AbortSignal.timeout(timeout);
  try {
    // A code goes to nobody but the host that was configured.
    const response = await fetch(url, { method: 'POST', headers, body, redirect: 'manual', signal });
    return { status: response.status, text: await response.text() };
  } catch (error) {
    const why = signal.aborted ? 'time-out' : codeOf(error);
    throw new SmsError('transient', `The SMS provider gave no answer (${why})`);
  }
}

/** `fetch` hides the reason of the network in the cause of its own error. */
function codeOf(error: unknown): string {
  const cause = typeof error === 'object' && error !== null && 'cause' in error ? error.cause : undefined;
  const isTold = typeof cause === 'object' && cause !== null && 'code' in cause;
  return isTold ? String(cause.code) : 'unknown error';
}
