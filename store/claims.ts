import type { Connection } from 'mongoose';
import { Schema } from 'mongoose';
import type { Claim, ReleaseCause, ReleasedClaim, SamePersonCheck } from '../domain/claim.ts';
import type { ClaimId, NumberKey } from '../domain/ids.ts';
import type { Instant } from '../domain/instant.ts';
import { isDuplicateKey, modelOf } from './schema.ts';

/** Who holds a number as login phone, and who did. One document per number, never deleted; the truth of I1. */
export interface ClaimDoc {
  _id: string;
  claim: Claim | null;
  /** The claims that ended, oldest first, at most {@link releasedKept}. */
  released: ReleasedClaim[];
  /** Only rises. */
  version: number;
}

/** How many ended claims a number keeps at hand for giving back and recovery; its timeline keeps all of them. */
const releasedKept = 10;

/** The claims of numbers. Every change names the `claimId` that it was decided on; "no longer there" counts as done. */
export function createClaims({ connection }: { connection: Connection }) {
  const model = modelOf<ClaimDoc>(connection, {
    name: 'claims',
    fields: {
      claim: { type: Schema.Types.Mixed, default: null },
      released: { type: [Schema.Types.Mixed], required: true } as never,
      version: { type: Number, required: true },
    },
  });

  /** Replaces the document if nobody changed it since it was read. */
  const replace = async (doc: ClaimDoc, change: Pick<ClaimDoc, 'claim' | 'released'>): Promise<boolean> => {
    const written = await model.findOneAndUpdate(
      { _id: doc._id, version: doc.version },
      { $set: { ...change, released: change.released.slice(-releasedKept), version: doc.version + 1 } },
      { projection: { _id: 1 } },
    );
    return written !== null;
  };

  /** Reads, decides and writes until nobody was faster. `decide` returns null where there is nothing to change. */
  const change = async (
    numberKey: NumberKey,
    decide: (doc: ClaimDoc) => Pick<ClaimDoc, 'claim' | 'released'> | null,
  ): Promise<boolean> => {
    for (;;) {
      const doc = await model.findById(numberKey).lean<ClaimDoc>();
      const wanted = doc && decide(doc);
      if (!doc || !wanted) return false;
      if (await replace(doc, wanted)) return true;
    }
  };

  const changeClaim = (
    numberKey: NumberKey,
    claimId: ClaimId,
    decide: (claim: Claim) => Claim | null,
  ): Promise<boolean> =>
    change(numberKey, ({ claim, released }) => {
      const changed = claim?.claimId === claimId ? decide(claim) : null;
      return changed && { claim: changed, released };
    });

  return {
    model,

    async find(numberKey: NumberKey): Promise<ClaimDoc | null> {
      return model.findById(numberKey).lean<ClaimDoc>();
    },

    async findMany(numberKeys: readonly NumberKey[]): Promise<ClaimDoc[]> {
      return model.find({ _id: { $in: [...numberKeys] } }).lean<ClaimDoc[]>();
    },

    /**
     * Claims a number that nobody holds; true also when this very claim is there already. False when another one
     * holds it. This write is the commit point of everything that gives a user a phone.
     */
    async claim(numberKey: NumberKey, claim: Claim): Promise<boolean> {
      const doc = await model.findById(numberKey).lean<ClaimDoc>();
      if (doc?.claim) return doc.claim.claimId === claim.claimId;
      if (doc) return (await replace(doc, { claim, released: doc.released })) || this.claim(numberKey, claim);
      try {
        await model.create({ _id: numberKey as string, claim, released: [], version: 1 });
        return true;
      } catch (error) {
        if (!isDuplicateKey(error)) throw error;
        return this.claim(numberKey, claim);
      }
    },

    /** Suspends an active claim. True when this call did it. */
    suspend({ numberKey, claimId, at }: { numberKey: NumberKey; claimId: ClaimId; at: Instant }): Promise<boolean> {
      return changeClaim(numberKey, claimId, (claim) =>
        claim.state === 'suspended' ? null : { ...claim, state: 'suspended', suspendedAt: at },
      );
    },

    /** Makes a suspended claim active again, in the tenancy that contains `anchoredAt`. True when this call did it. */
    restore({
      numberKey,
      claimId,
      anchoredAt,
    }: {
      numberKey: NumberKey;
      claimId: ClaimId;
      anchoredAt: Instant;
    }): Promise<boolean> {
      return changeClaim(numberKey, claimId, (claim) =>
        claim.state === 'active' ? null : { ...claim, state: 'active', suspendedAt: null, anchoredAt },
      );
    },

    /** Ends a claim and keeps what was known of it. True when this call did it. */
    release({
      numberKey,
      claimId,
      cause,
      at,
    }: {
      numberKey: NumberKey;
      claimId: ClaimId;
      cause: ReleaseCause;
      at: Instant;
    }): Promise<boolean> {
      return change(numberKey, ({ claim, released }) => {
        if (claim?.claimId !== claimId) return null;
        const { state: _, suspendedAt: __, bindingId: ___, ...kept } = claim;
        return { claim: null, released: [...released, { ...kept, releasedAt: at, cause, disputed: false }] };
      });
    },

    /** Gives a released claim back under its old id, if nobody else claimed the number. True also when it is back already. */
    async giveBack({
      numberKey,
      claimId,
      state,
      at,
    }: {
      numberKey: NumberKey;
      claimId: ClaimId;
      state: Claim['state'];
      at: Instant;
    }): Promise<boolean> {
      await change(numberKey, ({ claim, released }) => {
        const past = released.find((each) => each.claimId === claimId);
        if (claim !== null || !past) return null;
        const { releasedAt: _, cause: __, disputed: ___, ...kept } = past;
        return {
          claim: { ...kept, state, suspendedAt: state === 'suspended' ? at : null, bindingId: null },
          released: released.filter((each) => each.claimId !== claimId),
        };
      });
      return (await this.find(numberKey))?.claim?.claimId === claimId;
    },

    /** Marks a release as one that people have to decide on, so that it isn't tried again by itself. */
    markDisputed({ numberKey, claimId }: { numberKey: NumberKey; claimId: ClaimId }): Promise<boolean> {
      return change(numberKey, ({ claim, released }) =>
        released.some((each) => each.claimId === claimId && !each.disputed)
          ? {
              claim,
              released: released.map((each) => (each.claimId === claimId ? { ...each, disputed: true } : each)),
            }
          : null,
      );
    },

    /** Keeps the answer to a same-person check, in place of an earlier one for the same event. */
    recordSamePerson({
      numberKey,
      claimId,
      check,
    }: {
      numberKey: NumberKey;
      claimId: ClaimId;
      check: SamePersonCheck;
    }): Promise<boolean> {
      return changeClaim(numberKey, claimId, (claim) => ({
        ...claim,
        samePerson: [...claim.samePerson.filter(({ eventKey }) => eventKey !== check.eventKey), check],
      }));
    },
  };
}

/** The store of claims. */
export type Claims = ReturnType<typeof createClaims>;
