import type { ReleasePolicy } from './number/plan.ts';

/** What happens to a tenancy, or to a word that was given about it. */
export type TenancyTurn =
  | 'cancelled'
  | 'freeze-ended'
  | 'reissued'
  | 'transferred'
  | 'line-suspended'
  | 'line-restored'
  | 'reclaimed'
  | 'retracted';

/** What is done about the claim made in that tenancy, and what hangs on it. Users, accounts and money stay (I3). */
export type ReleaseStep = {
  readonly claim: 'keep' | 'suspend' | 'release' | 'restore';
  /** Dissolving cancels the tied services first (I5). A dissolved binding never comes back by itself. */
  readonly binding: 'keep' | 'dissolve';
  /** Whether the carrier is asked first if the same person holds the number, where the claim's customer was verified. */
  readonly samePersonFirst: boolean;
};

/** When the claim goes on a cancellation is the province's choice; that the binding goes at once is nobody's (I4). */
const table: Record<Exclude<TenancyTurn, 'cancelled'>, ReleaseStep> = {
  'freeze-ended': { claim: 'release', binding: 'dissolve', samePersonFirst: false },
  reissued: { claim: 'release', binding: 'dissolve', samePersonFirst: true },
  transferred: { claim: 'release', binding: 'dissolve', samePersonFirst: true },
  // 停机: the holder is the same, and pays or doesn't.
  'line-suspended': { claim: 'keep', binding: 'keep', samePersonFirst: false },
  'line-restored': { claim: 'keep', binding: 'keep', samePersonFirst: false },
  reclaimed: { claim: 'restore', binding: 'keep', samePersonFirst: false },
  retracted: { claim: 'restore', binding: 'keep', samePersonFirst: false },
};

/** What a turn of the tenancy asks for, of a claim with a binding (`bound`) or without one. */
export function releaseStep({
  turn,
  bound,
  policy,
}: {
  turn: TenancyTurn;
  bound: boolean;
  policy: ReleasePolicy;
}): ReleaseStep {
  if (turn !== 'cancelled') {
    return table[turn];
  }
  const when = bound ? policy.bound : policy.unbound;
  return { claim: when === 'at-once' ? 'release' : 'suspend', binding: 'dissolve', samePersonFirst: false };
}

/**
 * Decides whether a phone that was released goes back to its former user, after a reclaim or the retraction of a wrong
 * event: only where nobody lost anything by it; otherwise people decide.
 */
export function decideGiveBack({
  claimedByNobody,
  userOpen,
  userHasOtherPhone,
}: {
  claimedByNobody: boolean;
  userOpen: boolean;
  userHasOtherPhone: boolean;
}): 'give-back' | 'open-case' {
  return claimedByNobody && userOpen && !userHasOtherPhone ? 'give-back' : 'open-case';
}
