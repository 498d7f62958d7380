import type { Home } from '../carriers/gateway.ts';
import type { Claim, ClaimTenancy } from '../domain/claim.ts';
import type { Instant } from '../domain/instant.ts';
import { compareBeginning } from '../domain/join-comparison.ts';
import { joinedSpan } from '../domain/joined.ts';
import type { NumberRecord } from '../store/numbers.ts';
import { provinceOf } from './facts.ts';
import { inquire } from './inquiry.ts';
import type { VerdictTools } from './ports.ts';

/** What a description is asked about: a number, and when somebody proved to hold it. */
interface DescribeCall {
  readonly number: Pick<NumberRecord, 'phone'>;
  readonly home: Home;
  readonly claimedAt: Instant;
}

/**
 * Asks how the carrier describes the tenancy in which somebody proved to hold a number. Null where it doesn't say, and
 * for one that begins after the proof, which is the next holder's.
 */
export async function describeTenancy(
  tools: VerdictTools,
  { number: { phone }, home, claimedAt }: DescribeCall,
): Promise<ClaimTenancy | null> {
  const { registry, now } = tools;
  const inquiry = inquire(tools, { home, phone, lookupFor: 'claim-tenancy', withinMs: null });
  if (!inquiry.tellsJoinDate) return null;
  const { reply, source } = await inquiry.line();
  const joined = reply.kind === 'answer' ? reply.value.joined : null;
  if (joined === null) return null;
  const { timeZone } = provinceOf(registry, home.province, now());
  return compareBeginning(joinedSpan(joined, timeZone), claimedAt) === 'later' ? null : { joined, source };
}

/**
 * Remembers with a claim how the carrier describes its tenancy, asking for it unless that was begun before: the same
 * description later shows the same tenancy. To be called beside the work, as soon as the claim is made; where there is
 * no answer, nothing is remembered and nothing is lost.
 */
export async function rememberTenancy(
  tools: VerdictTools,
  {
    number,
    home,
    claim: { claimId, claimedAt, tenancy: known },
    described,
  }: {
    number: Pick<NumberRecord, 'numberKey' | 'phone'>;
    home: Home;
    claim: Pick<Claim, 'claimId' | 'claimedAt' | 'tenancy'>;
    described?: Promise<ClaimTenancy | null> | undefined;
  },
): Promise<void> {
  if (known !== null) return;
  const tenancy = await (described ?? describeTenancy(tools, { number, home, claimedAt }));
  if (tenancy === null) return;
  await tools.store.claims.rememberTenancy({ numberKey: number.numberKey, claimId, tenancy });
}
