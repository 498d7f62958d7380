import type { Model } from 'mongoose';
import type { Claim, ClaimTenancy, FoundRecycled, KeptAnswers } from '../domain/claim.ts';
import type { Instant } from '../domain/instant.ts';
import type { ClaimDoc, OnClaim } from './claim-doc.ts';

/** Changes a claim by what `decide` makes of it; null leaves it. Gives it as it is then; null where it is no longer there. */
type ChangeClaim = (on: OnClaim, decide: (claim: Claim) => Claim | null) => Promise<Claim | null>;

/** A claim without what an answer showed that counts no longer. */
export function withoutFound({ foundRecycled: _, ...claim }: Claim): Claim {
  return claim;
}

/** What carriers' answers leave on a claim. */
export function createClaimFindings({
  model,
  changeClaim,
}: {
  model: Model<ClaimDoc>;
  changeClaim: ChangeClaim;
}) {
  return {
    /** Remembers how the carrier described the tenancy that a claim was made in, if nothing is remembered yet. */
    rememberTenancy({ tenancy, ...on }: OnClaim & { tenancy: ClaimTenancy }): Promise<Claim | null> {
      return changeClaim(on, (claim) =>
        claim.tenancy === null && claim.anchoredAt === claim.claimedAt ? { ...claim, tenancy } : null,
      );
    },

    /** Keeps what a verdict rested on, or drops what is kept; not where the claim has moved on to another tenancy. */
    async keepAnswers({
      numberKey,
      claimId,
      anchoredAt,
      answers,
    }: OnClaim & { anchoredAt: Instant; answers: KeptAnswers | null }): Promise<void> {
      await model.updateOne(
        { _id: numberKey as string, 'claim.claimId': claimId, 'claim.anchoredAt': anchoredAt },
        { $set: { 'claim.answers': answers }, $inc: { version: 1 } },
      );
    },

    /**
     * Notes that a carrier's answer showed a new tenancy: the number's life releases the claim. Gives the claim with
     * what was found, now or before; null where it isn't in the state any more that was judged.
     */
    async noteRecycled({
      since,
      found,
      ...on
    }: OnClaim & { since: Instant; found: FoundRecycled }): Promise<Claim | null> {
      const claim = await changeClaim(on, (each) =>
        each.stateSince !== since || each.foundRecycled ? null : { ...each, foundRecycled: found },
      );
      return claim?.foundRecycled ? claim : null;
    },

    /**
     * Moves an active claim to the tenancy in which a verdict found the same person. `from` is the `anchoredAt` that was
     * judged. Gives the claim where it has moved there, now or before; null where something else became of it.
     */
    async moveTo({
      since,
      from,
      to,
      ...on
    }: OnClaim & {
      since: Instant;
      from: Instant;
      to: { anchoredAt: Instant; tenancy: ClaimTenancy | null };
    }): Promise<Claim | null> {
      const claim = await changeClaim(on, (each) =>
        each.state !== 'active' || each.stateSince !== since || each.anchoredAt !== from
          ? null
          : { ...withoutFound(each), ...to, confirmedAt: to.anchoredAt },
      );
      return claim?.state === 'active' && claim.anchoredAt === to.anchoredAt ? claim : null;
    },
  };
}
