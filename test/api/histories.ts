import type { Claim } from '../../domain/claim.ts';
import { asClaimId, asUserId, type NumberKey } from '../../domain/ids.ts';
import type { NumberEvent, NumberEventType } from '../../domain/number/event.ts';
import { foldHistory, freezeEndOf } from '../../domain/number/history.ts';
import { type PhoneNumber, parsePhoneNumber } from '../../domain/phone-number.ts';
import type { Store } from '../../store/store.ts';
import { testHasher } from '../store/open-store.ts';

/** A day, in milliseconds. */
export const day = 86_400_000;

/** The freeze of the tests' provinces. */
export const freezeLength = 90 * day;

/** A phone number that is known to be one. */
export function phoneOf(text: string): PhoneNumber {
  const parsed = parsePhoneNumber(text);
  if (!parsed.ok) throw new Error('not a phone');
  return parsed.value;
}

let events = 0;

/** An event of a history, under an id of its own. */
export function event(type: NumberEventType, at: number, rest: Partial<NumberEvent> = {}): NumberEvent {
  events += 1;
  return {
    key: `s:${events}`,
    id: `e-${events}`,
    type,
    at,
    receivedAt: at + 1_000,
    province: 'sichuan',
    system: 'mobile-5g',
    lineId: 'L-1',
    joined: null,
    retracts: null,
    ...rest,
  };
}

/** Writes a number with its history, as the worker does. */
export async function writeHistory(
  store: Pick<Store, 'numbers'>,
  text: string,
  history: readonly NumberEvent[],
  province = 'sichuan',
): Promise<NumberKey> {
  const phone = phoneOf(text);
  const numberKey = testHasher.numberKeyOf(phone);
  const freeze = { numberKey, length: freezeLength };
  const life = foldHistory({ events: history, provenAt: [] }, freeze);
  await store.numbers.write([
    {
      numberKey,
      phone,
      province,
      system: 'mobile-5g',
      events: history,
      provenAt: [],
      phase: life.phase,
      freezeEndsAt: freezeEndOf(life, freeze),
      fromVersion: 0,
    },
  ]);
  return numberKey;
}

/** A claim of `u-1` under the id `c-1`. */
export const claim = (claimedAt: number, state: Claim['state'] = 'active'): Claim => ({
  claimId: asClaimId('c-1'),
  userId: asUserId('u-1'),
  state,
  claimedAt,
  anchoredAt: claimedAt,
  tenancy: null,
  bindingId: null,
  stateSince: claimedAt,
  samePerson: [],
});
