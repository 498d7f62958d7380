import type { Registry } from '../../carriers/registry.ts';
import { rulesOf } from '../../carriers/rules.ts';
import type { NumberKey } from '../../domain/ids.ts';
import type { Instant } from '../../domain/instant.ts';
import type { Duty } from '../../domain/number/plan.ts';
import { decideWaitingTakeOver } from '../../domain/registration-rules.ts';
import { type ClaimDoc, wasMade } from '../../store/claim-doc.ts';
import { firstClaim, settleClaims } from '../../store/new-claim.ts';
import type { PhoneRequest } from '../../store/phone-requests.ts';
import type { Store } from '../../store/store.ts';
import { followRelease } from '../number/after-release.ts';
import type { Messenger } from '../ports.ts';
import type { PhoneDecision } from './facts.ts';

/** What taking a number stands on. */
export interface TakeTools {
  readonly store: Store;
  readonly registry: Registry;
  readonly messenger: Pick<Messenger, 'wakeNumbers' | 'deliverNotice'>;
}

/**
 * Makes the claim that was decided on, ending the former one in the same write, and does what follows from both: the
 * former user keeps all but the phone and is told, the proof stands in the number's history, and the number's life is
 * woken where it has something to do. Done again after a crash anywhere, it does the rest. Null where the decision is
 * stale: another one holds the number, the former claim isn't as it was, or the code's time is over. Then nothing was
 * changed.
 */
export async function takeNumber(
  tools: TakeTools,
  {
    request,
    decision: { former, tenancy },
    at,
    correlator,
  }: {
    request: PhoneRequest;
    decision: Extract<PhoneDecision, { kind: 'take' }>;
    at: Instant;
    correlator: string;
  },
): Promise<{ formerHolderReleased: boolean } | null> {
  const { store, registry, messenger } = tools;
  const { numberKey, claimId, provenAt: claimedAt, userId, formerClaimId } = request;
  // Whoever decided may have come back to it hours later: no worker was there.
  if (decideWaitingTakeOver({ provenAt: claimedAt, now: at, lastBoundary: null }).kind === 'refuse') {
    const claims = await store.claims.find(numberKey);
    if (!claims || !wasMade(claims, claimId)) return null;
  }
  const claim = { ...firstClaim({ claimId, userId, claimedAt }, at), tenancy };
  const doc = former
    ? await store.claims.takeOver({
        numberKey,
        former,
        claim,
        at,
        cause: former.cause,
        owes: releaseOf(former),
      })
    : await store.claims.begin(numberKey, claim).then(({ made, doc }) => (made ? doc : null));
  if (!doc) return null;

  await doWhatIsOwed(tools, { numberKey, doc, correlator });
  const toWake = await settleClaims(
    { store, rulesOf: (number) => rulesOf(registry, number), now: () => at },
    [{ numberKey, claimId }],
  );
  if (toWake.size > 0) await messenger.wakeNumbers({ numberKeys: [...toWake], correlator });
  return { formerHolderReleased: doc.released.some((past) => past.claimId === formerClaimId) };
}

/** Written with the claim, so that the number's life does it where this doesn't come to it. */
const releaseOf = ({
  claimId,
  userId,
  since,
  cause,
}: NonNullable<Extract<PhoneDecision, { kind: 'take' }>['former']>): Duty => ({
  kind: 'release-claim',
  claimId,
  userId,
  since,
  cause,
});

async function doWhatIsOwed(
  { store, messenger }: TakeTools,
  { numberKey, doc, correlator }: { numberKey: NumberKey; doc: ClaimDoc; correlator: string },
): Promise<void> {
  for (const duty of doc.owed ?? []) {
    if (duty.kind !== 'release-claim') continue;
    const released = doc.released.find((past) => past.claimId === duty.claimId);
    if (released) await followRelease({ store, messenger }, { numberKey, released, correlator });
    await store.claims.settle(numberKey, duty);
  }
}
