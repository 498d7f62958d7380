import { setTimeout as pause } from 'node:timers/promises';
import type { DurationMs } from '../domain/instant.ts';
import type { Logger } from '../platform/logger.ts';
import type { Metrics } from '../platform/metrics.ts';
import { type Sms, SmsError, type SmsPort } from '../ports/sms.ts';
import type { Aside } from './aside.ts';

/** Pauses before a provider is tried again that gave no answer: whoever waits for a code asks for another one after half a minute. */
const pausesBeforeRetry: readonly DurationMs[] = [1_000, 4_000];

/** How long a caller waits for the provider: long enough for a good one, short enough for the 2 s of every answer. */
const longestWait: DurationMs = 1_000;

/** Sends a message, and comes back when the provider has taken it or when a caller has waited long enough. Never rejects. */
export type CodeSender = (sms: Sms) => Promise<void>;

/**
 * Makes the sender of codes. What becomes of a message is counted and logged, and is told to nobody else: a caller
 * whose answer said that a phone takes no messages would know more of it than it should.
 */
export function createCodeSender({
  sms: port,
  aside,
  metrics,
  logger,
  waits = { caller: longestWait, retries: pausesBeforeRetry },
}: {
  sms: SmsPort;
  aside: Aside;
  metrics: Pick<Metrics, 'smsMessages'>;
  logger: Logger;
  waits?: { caller: DurationMs; retries: readonly DurationMs[] };
}): CodeSender {
  async function send(sms: Sms): Promise<void> {
    for (const wait of [...waits.retries, null]) {
      try {
        await port.send(sms);
        metrics.smsMessages.inc({ outcome: 'taken' });
        return;
      } catch (error) {
        const outcome = error instanceof SmsError && error.kind === 'permanent' ? 'refused' : 'failed';
        metrics.smsMessages.inc({ outcome });
        logger.warn({ ...shown(error), sms: sms.idempotencyKey, outcome }, 'A message was not taken');
        if (outcome === 'refused' || wait === null) return;
        await pause(wait, undefined, { ref: false });
      }
    }
  }

  return async (sms) => {
    const waited = new AbortController();
    const enough = pause(waits.caller, undefined, { signal: waited.signal }).catch(() => undefined);
    await Promise.race([aside.run('sms', () => send(sms)), enough]);
    waited.abort();
  };
}

/** An error of another kind may quote what was sent, and no net under the logs can tell a code from other digits. */
const shown = (error: unknown): { err: Error } | { fault: string } =>
  error instanceof SmsError ? { err: error } : { fault: error instanceof Error ? error.name : typeof error };
