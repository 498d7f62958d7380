import type { Registry } from '../../carriers/registry.ts';
import { rulesOf } from '../../carriers/rules.ts';
import type { Claim } from '../../domain/claim.ts';
import type { NumberKey } from '../../domain/ids.ts';
import type { Instant } from '../../domain/instant.ts';
import { foldHistory, freezeEndOf, type NumberState, stateAt } from '../../domain/number/history.ts';
import { nextHolderSince } from '../../domain/number/next-holder.ts';
import { type Duty, dependsOnPerson, type LifeQuestion, planLife } from '../../domain/number/plan.ts';
import type { Store } from '../../store/store.ts';

/** What the life of a number asks for now. */
export interface LifeReport {
  readonly state: NumberState;
  readonly freezeEndsAt: Instant | null;
  /** The system that answers for the number. */
  readonly home: { readonly province: string; readonly system: string };
  readonly duties: readonly Duty[];
  readonly nextAt: Instant | null;
}

/** Reading a number's life: from its history and its claim, at the workflow's time. */
export function createLifeActivities({ store, registry }: { store: Store; registry: Registry }) {
  /**
   * Only a verified person can be compared with another; and whoever was named on nothing but a code of the number, when
   * somebody else may have had it, says nothing of whose claim it is: the carrier would confirm that one, of course.
   */
  const isVerified = async ({ claimId, userId }: Claim, since: Instant | null): Promise<boolean> => {
    const user = await store.users.find(userId);
    const origin = user?.customerOrigin;
    if (since !== null && origin?.claimId === claimId && origin.at >= since) return false;
    const customer = user?.customerId ? await store.customers.find(user.customerId) : null;
    return customer?.verifiedAt != null;
  };

  return {
    /**
     * Folds the number's history and plans what it asks for. Where nothing is due, it notes when the sweep has to look
     * after the number should its workflow be lost; where something is, the step that does it notes it.
     */
    async readLife({ numberKey, now }: { numberKey: NumberKey; now: Instant }): Promise<LifeReport | null> {
      const [number, claims] = await Promise.all([
        store.numbers.find(numberKey),
        store.claims.find(numberKey),
      ]);
      if (!number) return null;
      const { freeze, policy } = rulesOf(registry, number);
      const claim = claims?.claim ?? null;
      const question: LifeQuestion = {
        events: number.events,
        freeze,
        policy,
        claim,
        released: claims?.released ?? [],
        holderVerified: false,
        now,
      };
      const provisional = planLife(question);
      const end = provisional.duties.find(({ kind }) => kind === 'release-claim');
      const since =
        end?.kind === 'release-claim'
          ? nextHolderSince({ cause: end.cause, releasedAt: now }, number.events)
          : null;
      const holderVerified =
        claim !== null && dependsOnPerson(provisional) && (await isVerified(claim, since));
      const plan = holderVerified ? planLife({ ...question, holderVerified }) : provisional;
      // A crash may have left something half done: the claim is as it should be, and what follows from that is owed.
      const duties = [...(claims?.owed ?? []), ...plan.duties];
      // Every other duty leaves the next look with its step.
      const leavesNone = duties.every(({ kind }) => kind === 'ask-same-person');
      if (leavesNone && plan.nextAt !== number.attendBy) {
        await store.numbers.attendBy([numberKey], plan.nextAt);
      }
      const life = foldHistory(number, freeze);
      return {
        state: stateAt(life, freeze, now),
        freezeEndsAt: freezeEndOf(life, freeze),
        home: life.home ?? { province: number.province, system: number.system },
        duties,
        nextAt: plan.nextAt,
      };
    },
  };
}
