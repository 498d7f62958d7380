import type { ReleasedClaim } from '../../domain/claim.ts';
import type { NumberKey } from '../../domain/ids.ts';
import { nextHolderSince } from '../../domain/number/next-holder.ts';
import { voidEmail } from '../../store/handle-change.ts';
import type { Store } from '../../store/store.ts';
import { voidIdentity } from '../../store/void-identity.ts';
import type { Messenger } from '../ports.ts';
import { type Effect, recordEffect, tellUser } from './effect.ts';

/**
 * What follows from the release of a claim, whoever released it: the phone leaves its user, whose sessions end, the
 * timeline says so, and the user is told. A password, an e-mail and an identity go too that rest on nothing but a code of
 * the number when it may have been the next holder's already. User, accounts and money stay as they are (I3). May be done again
 * after a crash anywhere in between.
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
  await voidStrangersWays(store, { numberKey, released, effect });
  const kind = cause.kind === 'left' ? 'claim-left' : 'claim-released';
  await tellUser({ store, messenger }, { kind, effect, correlator });
}

/** Done after the epoch was raised: no gate that was passed before can set a password, an e-mail or an identity any more. */
async function voidStrangersWays(
  store: Store,
  { numberKey, released, effect }: { numberKey: NumberKey; released: ReleasedClaim; effect: Effect },
): Promise<void> {
  const { userId, claimId } = released;
  const number = await store.numbers.find(numberKey);
  const since = nextHolderSince(released, number?.events ?? []);
  if (since === null) return;
  if (await store.users.voidPassword({ userId, claimId, since })) {
    await recordEffect(store, { ...effect, step: `${effect.step}:password-voided`, code: 'password.voided' });
  }
  if (await voidIdentity(store, { userId, claimId, since })) {
    await recordEffect(store, { ...effect, step: `${effect.step}:identity-voided`, code: 'identity.voided' });
  }
  if (await voidEmail(store, { userId, claimId, since, at: effect.at })) {
    await recordEffect(store, { ...effect, step: `${effect.step}:email-voided`, code: 'email.voided' });
  }
}
