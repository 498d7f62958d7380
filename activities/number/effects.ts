import type { Claim } from '../../domain/claim.ts';
import { asCaseId, type NumberKey } from '../../domain/ids.ts';
import type { Instant } from '../../domain/instant.ts';
import type { Duty } from '../../domain/number/plan.ts';
import type { CaseKind } from '../../store/cases.ts';
import type { NoticeKind } from '../../store/notices.ts';
import type { Store } from '../../store/store.ts';
import type { Messenger } from '../ports.ts';
import { followRelease } from './after-release.ts';
import { type Effect, recordEffect, tellUser } from './effect.ts';

type DutyOf<Kind extends Duty['kind']> = Extract<Duty, { kind: Kind }>;

/** One duty of a number's life, to be done now. */
export interface DutyInput<Kind extends Duty['kind']> {
  readonly numberKey: NumberKey;
  readonly duty: DutyOf<Kind>;
  /** The workflow's time. */
  readonly at: Instant;
  /** When the sweep has to look after the number once this is done; null when nothing is left. */
  readonly attendBy: Instant | null;
  readonly correlator: string;
}

/**
 * The effects of a number's life on claims and users. Each is a compare-and-set on the claim it was decided for, which
 * notes what it owes, followed by what must follow; all of it may be done again after a crash anywhere in between. A
 * step that finds the claim in another state than it was decided on is stale and leaves everything as it is.
 */
export function createEffectActivities({ store, messenger }: { store: Store; messenger: Messenger }) {
  const record = (effect: Effect): Promise<void> => recordEffect(store, effect);
  const tell = (kind: NoticeKind, effect: Effect, correlator: string): Promise<void> =>
    tellUser({ store, messenger }, { kind, effect, correlator });

  const openCase = async (
    caseKind: CaseKind,
    { numberKey, claimId, userId, at }: Omit<Effect, 'step' | 'code'>,
  ) => {
    const caseId = asCaseId(`${claimId}:${caseKind}`);
    await store.cases.open({ caseId, kind: caseKind, numberKey, claimId, userId, openedAt: at });
    await record({
      numberKey,
      claimId,
      userId,
      at,
      step: `${caseId}:opened`,
      code: 'case.opened',
      details: { caseId, kind: caseKind },
    });
  };

  const stepOf = (claim: Claim): string => `${claim.claimId}:${claim.state}:${claim.stateSince}`;

  return {
    /** Nobody holds the number: no login through it, and what was granted through it ends. */
    async suspendClaim({
      numberKey,
      duty,
      at,
      attendBy,
      correlator,
    }: DutyInput<'suspend-claim'>): Promise<void> {
      const { claimId, userId, since, eventKey } = duty;
      const claim = await store.claims.suspend({ numberKey, claimId, at, since, owes: duty });
      if (claim?.state === 'suspended') {
        const step = stepOf(claim);
        const effect: Effect = {
          numberKey,
          claimId,
          userId,
          step,
          code: 'claim.suspended',
          at: claim.stateSince,
        };
        await store.users.raiseEpoch(userId, step);
        await record({ ...effect, details: { eventKey } });
        await tell('claim-suspended', effect, correlator);
        await store.numbers.attendBy([numberKey], attendBy);
      }
      await store.claims.settle(numberKey, duty);
    },

    /** The tenancy goes on after all, or the same person is back: the claim works again. */
    async restoreClaim({
      numberKey,
      duty,
      at,
      attendBy,
      correlator,
    }: DutyInput<'restore-claim'>): Promise<void> {
      const { claimId, userId, since, anchoredAt, moved } = duty;
      const claim = await store.claims.restore({ numberKey, claimId, at, since, anchoredAt, owes: duty });
      if (claim?.state === 'active') {
        const code = moved ? 'claim.moved' : 'claim.restored';
        const effect: Effect = {
          numberKey,
          claimId,
          userId,
          step: stepOf(claim),
          code,
          at: claim.stateSince,
        };
        await record(effect);
        await tell('claim-restored', effect, correlator);
        await store.numbers.attendBy([numberKey], attendBy);
      }
      await store.claims.settle(numberKey, duty);
    },

    /** The login phone leaves the user. User, accounts and money stay as they are (I3). */
    async releaseClaim({
      numberKey,
      duty,
      at,
      attendBy,
      correlator,
    }: DutyInput<'release-claim'>): Promise<void> {
      const { claimId, since, cause } = duty;
      const released = await store.claims.release({ numberKey, claimId, at, since, cause, owes: duty });
      if (released) {
        await followRelease({ store, messenger }, { numberKey, released, correlator });
        await store.numbers.attendBy([numberKey], attendBy);
      }
      await store.claims.settle(numberKey, duty);
    },

    /**
     * A reclaim, or a retraction, after the release: the phone goes back to its user if nobody claimed it and the user
     * is open and has no other; else people decide.
     */
    async giveBackClaim({
      numberKey,
      duty,
      at,
      attendBy,
      correlator,
    }: DutyInput<'give-back-claim'>): Promise<void> {
      const { claimId, userId, since, state } = duty;
      const free = await store.users.takePhone(userId, { numberKey, claimId });
      const claim = free
        ? await store.claims.giveBack({ numberKey, claimId, at, since, state, owes: duty })
        : null;
      if (claim) {
        const step = `${claimId}:given-back:${claim.stateSince}`;
        const effect: Effect = {
          numberKey,
          claimId,
          userId,
          step,
          code: 'claim.given-back',
          at: claim.stateSince,
        };
        await record(effect);
        await tell('claim-given-back', effect, correlator);
      } else {
        await store.users.dropPhone(userId, claimId);
        await openCase('disputed-release', { numberKey, claimId, userId, at });
        await store.claims.markDisputed({ numberKey, claimId });
      }
      await store.numbers.attendBy([numberKey], attendBy);
      await store.claims.settle(numberKey, duty);
    },

    /** No rule decides: a person has to. */
    async openSupportCase({ numberKey, duty, at, attendBy }: DutyInput<'open-case'>): Promise<void> {
      const { claimId, userId, caseKind } = duty;
      await openCase(caseKind, { numberKey, claimId, userId, at });
      if (caseKind === 'disputed-release') await store.claims.markDisputed({ numberKey, claimId });
      await store.numbers.attendBy([numberKey], attendBy);
    },
  };
}
