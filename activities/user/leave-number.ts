import type { ReleasedClaim } from '../../domain/claim.ts';
import type { UserId } from '../../domain/ids.ts';
import type { Instant } from '../../domain/instant.ts';
import type { Duty } from '../../domain/number/plan.ts';
import type { Store } from '../../store/store.ts';
import type { UserPhone } from '../../store/users.ts';
import { followRelease } from '../number/after-release.ts';
import type { Messenger } from '../ports.ts';

/** The user's own doing: no later word of the carrier undoes it. */
const left = { kind: 'left', eventKey: null } as const;

/** A login phone that its user leaves. */
export interface Departure {
  readonly userId: UserId;
  readonly phone: UserPhone;
  /** The workflow's time. */
  readonly at: Instant;
  readonly correlator: string;
}

/**
 * Ends a user's claim because the user leaves the number, with all that follows from it. Afterwards no claim of that id
 * begins again by itself. May be done again after a crash anywhere in between.
 */
export async function leaveNumber(
  tools: { store: Store; messenger: Messenger },
  departure: Departure,
): Promise<void> {
  const { userId, phone } = departure;
  const ended = await endOwnClaim(tools.store, departure);
  // What follows from a release by the carrier's word is done by the number's life.
  if (ended === null) await tools.store.users.dropPhone(userId, phone.claimId);
  else await followLeaving(tools, { ...departure, ended });
}

/**
 * Ends a user's claim, or makes sure that one which the carrier's word ended before is not given back. Gives what is
 * kept of a claim that its user left, now or before; null of any other.
 */
export async function endOwnClaim(
  store: Store,
  { userId, phone: { numberKey, claimId }, at }: Omit<Departure, 'correlator'>,
): Promise<ReleasedClaim | null> {
  for (;;) {
    const doc = await store.claims.find(numberKey);
    if (doc?.claim?.claimId === claimId) {
      const since = doc.claim.stateSince;
      const owes: Duty = { kind: 'release-claim', claimId, userId, since, cause: left };
      await store.claims.release({ numberKey, claimId, at, since, cause: left, owes });
      continue;
    }
    const past = doc?.released.find((each) => each.claimId === claimId);
    if (past?.cause.kind === 'left') return past;
    if (!past || past.disputed) return null;
    await store.claims.markDisputed({ numberKey, claimId });
  }
}

/** What follows from a claim that its user left: it is told, and the number's life sleeps on it no longer. */
export async function followLeaving(
  { store, messenger }: { store: Store; messenger: Messenger },
  { phone, ended, correlator }: Pick<Departure, 'phone' | 'correlator'> & { ended: ReleasedClaim },
): Promise<void> {
  const { numberKey } = phone;
  await followRelease({ store, messenger }, { numberKey, released: ended, correlator });
  await store.claims.settleRelease(phone);
  const number = await store.numbers.find(numberKey);
  if (number?.attendBy != null) await messenger.wakeNumbers({ numberKeys: [numberKey], correlator });
}
