import { setTimeout as pause } from 'node:timers/promises';
import pLimit from 'p-limit';
import { asClaimId, asUserId, type ClaimId, type NumberKey } from '../domain/ids.ts';
import type { Instant } from '../domain/instant.ts';
import type { PhoneNumber } from '../domain/phone-number.ts';
import type { Bed } from './bed.ts';
import { home } from './carrier-calls.ts';

/** Long before anything that a bench reports. */
const claimedAt = Date.parse('2024-01-01T00:00:00Z');
const writesAtOnce = 20;

const claimIdOf = (numberKey: NumberKey): ClaimId => asClaimId(`claim-${numberKey}`);

/**
 * Gives each number to a user of its own, by the store's own steps; the users have no verified e-mail, so that none is
 * told by mail. Gives the numbers' keys.
 */
export async function holdNumbers(
  { store, hasher }: Pick<Bed, 'store' | 'hasher'>,
  phones: readonly PhoneNumber[],
): Promise<NumberKey[]> {
  const limit = pLimit(writesAtOnce);
  return limit.map(phones, async (phone) => {
    const numberKey = hasher.numberKeyOf(phone);
    const userId = asUserId(`user-${numberKey}`);
    const claimId = claimIdOf(numberKey);
    await store.users.createPending({
      userId,
      nickname: null,
      email: null,
      emailVerified: false,
      passwordHash: null,
      customerId: null,
      phone: { numberKey, claimId },
      registeredAt: claimedAt,
      // Not long ago: the sweep takes a user that has been pending for long for one left behind by a crash.
      createdAt: Date.now(),
    });
    await store.claims.claim(numberKey, {
      claimId,
      userId,
      state: 'active',
      claimedAt,
      anchoredAt: claimedAt,
      tenancy: null,
      bindingId: null,
      stateSince: claimedAt,
      samePerson: [],
    });
    await store.users.commit(userId);
    return numberKey;
  });
}

/** A number that a user holds, and the claim by which. */
export interface HeldNumber {
  readonly numberKey: NumberKey;
  readonly claimId: ClaimId;
  readonly claimedAt: Instant;
}

/** Gives each number of {@link home} to a user of its own, as `holdNumbers` does, with the proof in the number's history. */
export async function holdProvenNumbers(
  bed: Pick<Bed, 'store' | 'hasher'>,
  phones: readonly PhoneNumber[],
): Promise<HeldNumber[]> {
  const { store, hasher } = bed;
  await holdNumbers(bed, phones);
  return pLimit(writesAtOnce).map(phones, async (phone) => {
    const numberKey = hasher.numberKeyOf(phone);
    const { version: fromVersion } = await store.numbers.meet({ phone, numberKey, home });
    await store.numbers.addProof({
      numberKey,
      provenAt: claimedAt,
      phase: 'in-use',
      freezeEndsAt: null,
      fromVersion,
    });
    return { numberKey, claimId: claimIdOf(numberKey), claimedAt };
  });
}

/** As many are looked at in one query; it is the store's time that is measured, and ours that is not. */
const lookedAtOnce = 50;
const pauseMs = 25;
/** A thousand take seconds, and a minute on a crowded machine. A bench that hangs has to end. */
const withinMs = 300_000;

/**
 * Waits until the claim of the last of these numbers is suspended. Looks at those that come last first. Throws when
 * that takes longer than five minutes.
 */
export async function untilSuspended(
  { claims }: Bed['store'],
  numberKeys: readonly NumberKey[],
): Promise<void> {
  const deadline = performance.now() + withinMs;
  let left = [...numberKeys];
  while (left.length > 0) {
    const looked = await claims.findMany(left.slice(-lookedAtOnce));
    const done = new Set(looked.flatMap(({ _id, claim }) => (claim?.state === 'suspended' ? [_id] : [])));
    left = left.filter((numberKey) => !done.has(numberKey));
    if (performance.now() > deadline) throw new Error(`${left.length} claims are not suspended yet`);
    if (done.size < looked.length) await pause(pauseMs);
  }
}
