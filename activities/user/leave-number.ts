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
 * Ends a user's claim because the user leaves the number, with all that follows from it. Gives what is kept of the
 * claim; null where the carrier's word had ended it before, or it never was made. Afterwards no claim of that id begins
 * again by itself. May be done again after a crash anywhere in between.
 */
export async function leaveNumber(
  tools: { store: Store; messenger: Messenger },
  { userId, phone, at, correlator }: Departure,
): Promise<ReleasedClaim | null> {
  const { store, messenger } = tools;
  const { numberKey } = phone;
  const ended = await endClaim(store, { userId, phone, at });
  if (ended?.cause.kind !== 'left') {
    // What follows from a release by the carrier's word is done by the number's life.
    await store.users.dropPhone(userId, phone.claimId);
    return null;
  }
  await followRelease({ store, messenger }, { numberKey, released: ended, correlator });
  await store.claims.settleRelease(phone);
  const number = await store.numbers.find(numberKey);
  // Its life sleeps on a claim that is gone.
  if (number?.attendBy != null) await messenger.wakeNumbers({ numberKeys: [numberKey], correlator });
  return ended;
}

/** Ends the claim, or makes sure that one which ended before is not given back. Gives what is kept of it. */
async function endClaim(
  store: Store,
  { userId, phone: { numberKey, claimId }, at }: Omit<Departure, 'correlator'>,
): Promise<ReleasedClaim | null> {
  for (;;) {
    const doc = await store.claims.find(numberKey);
    if (doc?.claim?.claimId === claimId) {
      const since = doc.claim.stateSince;
      const owes: Duty = { kind: 'release-claim', claimId, userId, since, cause: left };
      const released = await store.claims.release({ numberKey, claimId, at, since, cause: left, owes });
      if (released) return released;
      continue;
    }
    const past = doc?.released.find((each) => each.claimId === claimId) ?? null;
    if (past === null || past.cause.kind === 'left' || past.disputed) return past;
    await store.claims.markDisputed({ numberKey, claimId });
  }
}
