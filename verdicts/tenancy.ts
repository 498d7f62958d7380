import type { Home } from '../carriers/gateway.ts';
import type { Claim } from '../domain/claim.ts';
import { compareBeginning } from '../domain/join-comparison.ts';
import { joinedSpan } from '../domain/joined.ts';
import type { NumberRecord } from '../store/numbers.ts';
import { provinceOf } from './facts.ts';
import { inquire } from './inquiry.ts';
import type { VerdictTools } from './ports.ts';

/**
 * Asks how the carrier describes the tenancy that a claim was just made in, and remembers it with the claim: the same
 * description later shows the same tenancy. Not one that begins after the claim, which is the next holder's. To be called
 * beside the work, as soon as the claim is made; where there is no answer, nothing is remembered and nothing is lost.
 */
export async function rememberTenancy(
  tools: VerdictTools,
  {
    number: { numberKey, phone },
    home,
    claim,
  }: {
    number: Pick<NumberRecord, 'numberKey' | 'phone'>;
    home: Home;
    claim: Pick<Claim, 'claimId' | 'claimedAt' | 'tenancy'>;
  },
): Promise<void> {
  const { store, registry, now } = tools;
  if (claim.tenancy !== null) return;
  const inquiry = inquire(tools, { home, phone, lookupFor: 'claim-tenancy', withinMs: null });
  if (!inquiry.tellsJoinDate) return;
  const { reply, source } = await inquiry.line();
  const joined = reply.kind === 'answer' ? reply.value.joined : null;
  if (joined === null) return;
  const { timeZone } = provinceOf(registry, home.province, now());
  if (compareBeginning(joinedSpan(joined, timeZone), claim.claimedAt) === 'later') return;
  await store.claims.rememberTenancy({ numberKey, claimId: claim.claimId, tenancy: { joined, source } });
}
