import { isIPv6 } from 'node:net';
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

/** How many of the eight groups of an IPv6 address name a network: each customer has at least one whole /64 (RFC 6177). */
const networkGroups = 4;

/**
 * The address under which an end user is counted: an IPv4 address as it is, also where it is written as IPv6, and of
 * IPv6 the network alone, within which a single machine has 2^64 addresses to choose from.
 */
export function limitedAddress(address: string): string {
  const [bare = ''] = address.toLowerCase().split('%');
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/.exec(bare)?.[1];
  if (mapped !== undefined) return mapped;
  if (!isIPv6(bare)) return bare;
  const [head = '', tail] = bare.split('::');
  const groupsOf = (text: string) =>
    text === '' ? [] : text.split(':').map((group) => Number.parseInt(group, 16));
  const [first, last] = [groupsOf(head), groupsOf(tail ?? '')];
  const zeros: number[] = Array.from({ length: Math.max(0, 8 - first.length - last.length) }, () => 0);
  const network = [...first, ...zeros, ...last].slice(0, networkGroups);
  return `${network.map((group) => group.toString(16)).join(':')}::/64`;
}
