import type { ReleasedClaim } from '../../domain/claim.ts';
import type { NumberKey } from '../../domain/ids.ts';
import type { Store } from '../../store/store.ts';
import type { Messenger } from '../ports.ts';
import { type Effect, recordEffect, tellUser } from './effect.ts';

/**
 * What follows from the release of a claim, whoever released it: the phone leaves its user, whose sessions end, the
 * timeline says so, and the user is told. User, accounts and money stay as they are (I3). May be done again after a
 * crash anywhere in between.
 */
export async function followRelease(
  { store, messenger }: { store: Store; messenger: Pick<Messenger, 'deliverNotice'> },
  { numberKey, released, correlator }: { numberKey: NumberKey; released: ReleasedClaim; correlator: string },
): Promise<void> {
  const { claimId, userId, releasedAt, cause } = released;
  const effect: Effect = {
    numberKey,
    claimId,
    userId,
    step: `${claimId}:released:${releasedAt}`,
    code: 'claim.released',
    at: releasedAt,
    details: { cause: cause.kind, eventKey: cause.eventKey },
  };
  await store.users.dropPhone(userId, claimId);
  await store.users.raiseEpoch(userId, effect.step);
  await recordEffect(store, effect);
  await tellUser({ store, messenger }, { kind: 'claim-released', effect, correlator });
}
