import type { DurationMs } from '../../domain/instant.ts';

/**
 * How long a server asks to be left alone: `Retry-After` in seconds or as a date (RFC 9110 §10.2.3), in milliseconds
 * from now; null without the header, or when it can't be read.
 */
export function retryAfterOf(headers: Headers): DurationMs | null {
  const text = headers.get('retry-after')?.trim() ?? '';
  if (/^\d{1,9}$/.test(text)) {
    return Number(text) * 1_000;
  }
  const date = /GMT$/.test(text) ? Date.parse(text) : Number.NaN;
  return Number.isNaN(date) ? null : Math.max(0, date - Date.now());
}
