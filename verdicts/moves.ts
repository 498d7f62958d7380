import type { Claim } from '../domain/claim.ts';
import type { NumberKey } from '../domain/ids.ts';
import type { Instant } from '../domain/instant.ts';
import type { Store } from '../store/store.ts';
import type { Judged } from './judge.ts';

/**
 * Follows the same person to the tenancy in which a verdict found it, and puts that on the timeline. Gives the claim as
 * it is then, also where there is nothing to follow; null where it changed meanwhile.
 */
export async function followPerson(
  store: Pick<Store, 'claims' | 'evidence'>,
  {
    numberKey,
    claim,
    judged: { verdict, verdictId },
    at,
  }: { numberKey: NumberKey; claim: Claim; judged: Judged; at: Instant },
): Promise<Claim | null> {
  const to = verdict.movesTo;
  if (!to) return claim;
  const { claimId, userId, stateSince: since, anchoredAt: from } = claim;
  const moved = await store.claims.moveTo({ numberKey, claimId, since, from, to });
  if (moved) {
    await store.evidence.add({
      evidenceId: `${claimId}:moved:${to.anchoredAt}`,
      numberKey,
      kind: 'effect',
      code: 'claim.moved',
      at,
      actor: 'linekeeper',
      claimId,
      userId,
      details: { verdictId },
    });
  }
  return moved;
}
