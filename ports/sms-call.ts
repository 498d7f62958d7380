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
    const cause = error instanceof Error ? error.cause : undefined;
    const code = cause instanceof Error && 'code' in cause ? String(cause.code) : 'unknown error';
    throw new SmsError(
      'transient',
      `The SMS provider gave no answer (${signal.aborted ? 'time-out' : code})`,
    );
  }
}
