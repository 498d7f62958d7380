import type { Claim, ReleaseCause, ReleasedClaim } from '../domain/claim.ts';
import type { ClaimId, NumberKey } from '../domain/ids.ts';
import type { Instant } from '../domain/instant.ts';
import type { Duty } from '../domain/number/plan.ts';

/** Who holds a number as login phone, and who did. One document per number, never deleted; the truth of I1. */
export interface ClaimDoc {
  _id: string;
  claim: Claim | null;
  /** The claims that ended, oldest first, at most ten. */
  released: ReleasedClaim[];
  /**
   * The duties whose step is in the claim, while what follows from it (epoch, evidence, notice) may not be done yet: by
   * them a crash in between is made good. Absent where there never was one.
   */
  owed?: Duty[];
  /** Only rises. */
  version: number;
}

/** What a step changes of it. */
export type Change = Pick<ClaimDoc, 'claim' | 'released'>;

/** A claim, by its number. */
export interface OnClaim {
  numberKey: NumberKey;
  claimId: ClaimId;
}

/** Whether a claim was ever made, also if it ended since. */
export const wasMade = (
  { claim, released }: Pick<ClaimDoc, 'claim' | 'released'>,
  claimId: ClaimId,
): boolean => claim?.claimId === claimId || released.some((past) => past.claimId === claimId);

/** What is kept of a claim that ends. */
export function ended(claim: Claim, { at, cause }: { at: Instant; cause: ReleaseCause }): ReleasedClaim {
  // What the carrier said of it ends with it.
  const { state: _, stateSince: __, bindingId: ___, answers: ____, foundRecycled: _____, ...kept } = claim;
  return { ...kept, releasedAt: at, cause, disputed: false };
}
