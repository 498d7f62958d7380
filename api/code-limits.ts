import type { NumberKey } from '../domain/ids.ts';
import type { DurationMs, Instant } from '../domain/instant.ts';
import type { Store } from '../store/store.ts';
import { limitedAddress, refuseBeyond } from './limits.ts';

/** How many codes may be asked for. */
export interface CodeLimits {
  /** For one phone in a minute: nobody's phone is to ring all day. */
  readonly perPhone: number;
  /** For one phone in 24 hours: with five guesses at each code it bounds the chance of a guesser, whoever helps. */
  readonly perPhoneADay: number;
  /** From one end user's address in a minute. */
  readonly perAddress: number;
  /** By one client in a minute: what a stolen token may cost. */
  readonly perClient: number;
}

const minute: DurationMs = 60_000;
const day: DurationMs = 24 * 60 * minute;

/**
 * Makes the check that a code may be asked for. It counts by client, then address, then phone, and stops at the first
 * that refuses: whoever is over a limit of its own can't use up that of somebody's phone.
 * Throws the `Problem` `too_many_requests`.
 */
export function createCodeLimits({
  store,
  codeLimits,
  now,
}: {
  store: Pick<Store, 'limits'>;
  codeLimits: CodeLimits;
  now: () => Instant;
}): (asked: { numberKey: NumberKey; address: string; clientId: string }) => Promise<void> {
  const { perPhone, perPhoneADay, perAddress, perClient } = codeLimits;
  return async ({ numberKey, address, clientId }) => {
    const limits = [
      { name: 'codes-per-client', key: clientId, points: perClient, per: minute },
      { name: 'codes-per-address', key: limitedAddress(address), points: perAddress, per: minute },
      { name: 'codes-per-phone', key: numberKey, points: perPhone, per: minute },
      { name: 'codes-per-phone-a-day', key: numberKey, points: perPhoneADay, per: day },
    ];
    for (const limit of limits) refuseBeyond(await store.limits.take({ ...limit, now: now() }));
  };
}
