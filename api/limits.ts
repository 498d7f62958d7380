import type { DurationMs } from '../domain/instant.ts';
import type { Allowance } from '../store/limits.ts';
import { Problem } from './problem.ts';

/** Whole seconds that a caller is to wait (RFC 9110 §10.2.3), never too few. */
const secondsOf = (duration: DurationMs): string => String(Math.max(1, Math.ceil(duration / 1_000)));

/** Throws the `Problem` `too_many_requests` with its `Retry-After` where something may not happen now. */
export function refuseBeyond(allowance: Allowance): void {
  if (allowance.ok) return;
  throw new Problem('too_many_requests', { headers: { 'retry-after': secondsOf(allowance.retryAfterMs) } });
}
