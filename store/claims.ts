import type { Connection } from 'mongoose';
import { Schema } from 'mongoose';
import type { Claim, ReleaseCause, ReleasedClaim, SamePersonCheck } from '../domain/claim.ts';
import type { NumberKey } from '../domain/ids.ts';
import type { Instant } from '../domain/instant.ts';
import type { Duty } from '../domain/number/plan.ts';
import { createClaimBeginnings } from './claim-beginnings.ts';
import { type Change, type ClaimDoc, ended, type OnClaim } from './claim-doc.ts';
import { createClaimFindings, withoutFound } from './claim-findings.ts';
import { modelOf } from './schema.ts';

/** How many ended claims a number keeps at hand for giving back and recovery; its timeline keeps all of them. */
const releasedKept = 10;

/** One step on one claim, at an instant. `owes` is written with it, and stays until it is settled. */
interface Step extends OnClaim {
  at: Instant;
  /** `stateSince` of the claim, or `releasedAt` of the released one, that the step was decided on: else it is stale. */
  since: Instant;
  owes?: Duty;
}

/** The claims of numbers. Every change names the `claimId` that it was decided on; "no longer there" counts as done. */
export function createClaims({ connection }: { connection: Connection }) {
  const model = modelOf<ClaimDoc>(connection, {
    name: 'claims',
    fields: {
      claim: { type: Schema.Types.Mixed, default: null },
      released: { type: [Schema.Types.Mixed], required: true } as never,
      owed: { type: [Schema.Types.Mixed], default: undefined } as never,
      version: { type: Number, required: true },
    },
  });

  /** Replaces the document if nobody changed it since it was read. */
  const replace = async (doc: ClaimDoc, change: Change, owes?: Duty): Promise<ClaimDoc | null> =>
    model
      .findOneAndUpdate(
        { _id: doc._id, version: doc.version },
        {
          $set: { ...change, released: change.released.slice(-releasedKept), version: doc.version + 1 },
          ...(owes === undefined ? {} : { $push: { owed: owes } }),
        },
        { returnDocument: 'after' },
      )
      .lean<ClaimDoc>();

  /**
   * Reads, decides and writes until nobody was faster. `decide` returns null where there is nothing to change. Gives
   * the document as it is then.
   */
  const change = async (
    numberKey: NumberKey,
    decide: (doc: ClaimDoc) => Change | null,
    owes?: Duty,
  ): Promise<ClaimDoc | null> => {
    for (;;) {
      const doc = await model.findById(numberKey).lean<ClaimDoc>();
      const wanted = doc && decide(doc);
      if (!wanted) return doc;
      const written = await replace(doc, wanted, owes);
      if (written) return written;
    }
  };

  const changeClaim = async (
    { numberKey, claimId, owes }: OnClaim & { owes?: Duty },
    decide: (claim: Claim) => Claim | null,
  ): Promise<Claim | null> => {
    const decideClaim = ({ claim, released }: ClaimDoc): Change | null => {
      const changed = claim?.claimId === claimId ? decide(claim) : null;
      return changed && { claim: changed, released };
    };
    const doc = await change(numberKey, decideClaim, owes);
    return doc?.claim?.claimId === claimId ? doc.claim : null;
  };

  return {
    model,
    ...createClaimBeginnings({ model, change }),
    ...createClaimFindings({ model, changeClaim }),

    async find(numberKey: NumberKey): Promise<ClaimDoc | null> {
      return model.findById(numberKey).lean<ClaimDoc>();
    },

    async findMany(numberKeys: readonly NumberKey[]): Promise<ClaimDoc[]> {
      return model.find({ _id: { $in: [...numberKeys] } }).lean<ClaimDoc[]>();
    },

    /** Suspends a claim. Gives the claim as it is then, suspended now or before; null when it is no longer there. */
    suspend({ at, since, ...step }: Step): Promise<Claim | null> {
      return changeClaim(step, (claim) =>
        claim.state === 'suspended' || claim.stateSince !== since
          ? null
          : { ...claim, state: 'suspended', stateSince: at },
      );
    },

    /** Makes a claim active again, in the tenancy that contains `anchoredAt`. Gives it as `suspend` does. */
    restore({ at, since, anchoredAt, ...step }: Step & { anchoredAt: Instant }): Promise<Claim | null> {
      return changeClaim(step, (claim) =>
        claim.state === 'active' || claim.stateSince !== since
          ? null
          : {
              ...withoutFound(claim),
              // What was answered of another tenancy says nothing of this one.
              ...(claim.answers && claim.anchoredAt !== anchoredAt ? { answers: null } : {}),
              state: 'active',
              stateSince: at,
              anchoredAt,
            },
      );
    },

    /** Ends a claim and keeps what was known of it. Gives what is kept, now or from before. */
    async release({
      numberKey,
      claimId,
      at,
      since,
      cause,
      owes,
    }: Step & { cause: ReleaseCause }): Promise<ReleasedClaim | null> {
      const end = ({ claim, released }: ClaimDoc): Change | null => {
        if (claim?.claimId !== claimId || claim.stateSince !== since) return null;
        return { claim: null, released: [...released, ended(claim, { at, cause })] };
      };
      const doc = await change(numberKey, end, owes);
      return doc?.released.find((each) => each.claimId === claimId) ?? null;
    },

    /**
     * Gives a released claim back under its old id, if nobody else claimed the number and the release isn't disputed.
     * Gives the claim, back now or before; null when the number is another's.
     */
    async giveBack({
      numberKey,
      claimId,
      at,
      since,
      state,
      owes,
    }: Step & { state: Claim['state'] }): Promise<Claim | null> {
      const begin = ({ claim, released }: ClaimDoc): Change | null => {
        const past = released.find((each) => each.claimId === claimId);
        if (claim !== null || past?.releasedAt !== since || past.disputed) return null;
        const { releasedAt: _, cause: __, disputed: ___, ...kept } = past;
        return {
          claim: { ...kept, state, stateSince: at, bindingId: null },
          released: released.filter((each) => each.claimId !== claimId),
        };
      };
      const doc = await change(numberKey, begin, owes);
      return doc?.claim?.claimId === claimId ? doc.claim : null;
    },

    /** What follows from a duty is done. */
    async settle(
      numberKey: NumberKey,
      { kind, claimId, since }: Extract<Duty, { since: Instant }>,
    ): Promise<void> {
      await model.updateOne({ _id: numberKey as string }, { $pull: { owed: { kind, claimId, since } } });
    },

    /** What follows from the release of a claim is done, whatever led to it. */
    async settleRelease({ numberKey, claimId }: OnClaim): Promise<void> {
      await model.updateOne(
        { _id: numberKey as string },
        { $pull: { owed: { kind: 'release-claim', claimId } } },
      );
    },

    /** Marks a release as one that people have to decide on, so that it isn't tried again by itself. */
    async markDisputed({ numberKey, claimId }: OnClaim): Promise<void> {
      await change(numberKey, ({ claim, released }) =>
        released.some((each) => each.claimId === claimId && !each.disputed)
          ? {
              claim,
              released: released.map((each) =>
                each.claimId === claimId ? { ...each, disputed: true } : each,
              ),
            }
          : null,
      );
    },

    /** Keeps the answer to a same-person check, in place of an earlier one for the same event. */
    async recordSamePerson({
      numberKey,
      claimId,
      check,
    }: OnClaim & { check: SamePersonCheck }): Promise<void> {
      await changeClaim({ numberKey, claimId }, (claim) => ({
        ...claim,
        samePerson: [...claim.samePerson.filter(({ eventKey }) => eventKey !== check.eventKey), check],
      }));
    },
  };
}
