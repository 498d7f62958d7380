import type { Model } from 'mongoose';
import type { Claim, ReleaseCause } from '../domain/claim.ts';
import type { ClaimId, NumberKey } from '../domain/ids.ts';
import type { Instant } from '../domain/instant.ts';
import type { Duty } from '../domain/number/plan.ts';
import { type Change, type ClaimDoc, ended, type OnClaim, wasMade } from './claim-doc.ts';
import { insertNew } from './schema.ts';

/** Reads, decides and writes until nobody was faster; see `claims.ts`. */
type ChangeDoc = (
  numberKey: NumberKey,
  decide: (doc: ClaimDoc) => Change | null,
  owes?: Duty,
) => Promise<ClaimDoc | null>;

/** A number's document as its first claim makes it. */
const firstDoc = (numberKey: NumberKey, claim: Claim): ClaimDoc => ({
  _id: numberKey,
  claim,
  released: [],
  version: 1,
});

/** How claims begin, and are taken back before they count. */
export function createClaimBeginnings({ model, change }: { model: Model<ClaimDoc>; change: ChangeDoc }) {
  /** As `begin`, on a number that was claimed before; null where it never was. */
  const beginOnKnown = async (
    numberKey: NumberKey,
    claim: Claim,
  ): Promise<{ made: boolean; doc: ClaimDoc } | null> => {
    const begun = (doc: ClaimDoc): Change | null =>
      wasMade(doc, claim.claimId) || doc.claim ? null : { claim, released: doc.released };
    const doc = await change(numberKey, begun);
    return doc && { made: wasMade(doc, claim.claimId), doc };
  };

  return {
    /**
     * Claims a number that nobody holds; true also when this very claim was made before, even if it ended since: it
     * never begins again by this. False when another one holds the number. This write is the commit point of
     * everything that gives a user a phone.
     */
    async claim(numberKey: NumberKey, claim: Claim): Promise<boolean> {
      return (await this.begin(numberKey, claim)).made;
    },

    /**
     * As `claim`; `doc` is what stands there then. Most numbers were never claimed, so that is tried first and costs one
     * trip to the store.
     */
    async begin(numberKey: NumberKey, claim: Claim): Promise<{ made: boolean; doc: ClaimDoc }> {
      const first = firstDoc(numberKey, claim);
      const [inserted] = await insertNew(model, [first]);
      if (inserted) return { made: true, doc: first };
      return (await beginOnKnown(numberKey, claim)) ?? this.begin(numberKey, claim);
    },

    /**
     * Ends the claim that somebody else's was found to follow, and begins that, in one write: at no instant are there
     * two, or none. Gives what stands there when the new claim was made, now or before; null when the former one is no
     * longer as it was decided on.
     */
    async takeOver({
      numberKey,
      former,
      claim,
      at,
      cause,
      owes,
    }: {
      numberKey: NumberKey;
      /** The claim that ends, and its `stateSince`. */
      former: { claimId: ClaimId; since: Instant };
      claim: Claim;
      at: Instant;
      cause: ReleaseCause;
      owes: Duty;
    }): Promise<ClaimDoc | null> {
      const swap = (doc: ClaimDoc): Change | null =>
        doc.claim?.claimId === former.claimId && doc.claim.stateSince === former.since
          ? { claim, released: [...doc.released, ended(doc.claim, { at, cause })] }
          : null;
      const doc = await change(numberKey, swap, owes);
      return doc && wasMade(doc, claim.claimId) ? doc : null;
    },

    /** Makes many claims on different numbers as `claim` does, most of which nobody ever claimed. For each: whether it was made. */
    async claimMany(claims: readonly { numberKey: NumberKey; claim: Claim }[]): Promise<boolean[]> {
      const docs = await model
        .find({ _id: { $in: claims.map(({ numberKey }) => numberKey as string) } }, { _id: 1 })
        .lean<{ _id: string }[]>();
      const known = new Set(docs.map(({ _id }) => _id));
      const unclaimed = claims.filter(({ numberKey }) => !known.has(numberKey));
      const written = await insertNew(
        model,
        unclaimed.map(({ numberKey, claim }) => firstDoc(numberKey, claim)),
      );
      const made = new Set(unclaimed.filter((_, index) => written[index]));
      const outcomes: boolean[] = [];
      for (const each of claims) {
        const { numberKey, claim } = each;
        outcomes.push(made.has(each) || ((await beginOnKnown(numberKey, claim))?.made ?? false));
      }
      return outcomes;
    },

    /** Takes back a claim whose user was never committed: as if it had not been made. True when it was there. */
    async withdraw({ numberKey, claimId }: OnClaim): Promise<boolean> {
      let withdrawn = false;
      await change(numberKey, ({ claim, released }) => {
        withdrawn = claim?.claimId === claimId;
        return withdrawn ? { claim: null, released } : null;
      });
      return withdrawn;
    },
  };
}
