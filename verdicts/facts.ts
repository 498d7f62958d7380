import type { Province } from '../carriers/province.ts';
import type { Registry } from '../carriers/registry.ts';
import { rulesOf } from '../carriers/rules.ts';
import type { Claim } from '../domain/claim.ts';
import { feedsVouch } from '../domain/gate-rules.ts';
import type { CustomerId, UserId } from '../domain/ids.ts';
import { type DurationMs, dayOf, type Instant } from '../domain/instant.ts';
import { effectiveEvents } from '../domain/number/event.ts';
import { fateOfClaim } from '../domain/number/plan.ts';
import { eventsSay } from '../domain/verdict-events.ts';
import type { VerdictQuestion } from '../domain/verdict-question.ts';
import type { Customer } from '../store/customers.ts';
import type { NumberRecord } from '../store/numbers.ts';
import type { Store } from '../store/store.ts';
import type { User } from '../store/users.ts';

/** What is known here of a number and its holder, before anybody is asked. */
export interface Known {
  readonly number: NumberRecord;
  /** The claim's customer, if its user has one that was verified. */
  readonly verified: Customer | null;
  readonly feedsVouch: boolean;
}

/** What of the registry a verdict depends on. */
export type ProvinceFacts = VerdictQuestion['province'] & { readonly answerMaxAge: DurationMs };

/** A province that left the registry: nothing it reported is taken for complete, and no old answer for good. */
const provinceGone = (now: Instant): ProvinceFacts => ({
  timeZone: 'Asia/Shanghai',
  trackedSince: dayOf(now, 'Asia/Shanghai'),
  restartsOnTransfer: false,
  answerMaxAge: 0,
});

/** What the registry says of a province. */
export function provinceOf(registry: Registry, provinceId: string, now: Instant): ProvinceFacts {
  const province = registry.provinceOf(provinceId);
  if (!province) return provinceGone(now);
  const { timeZone, trackedSince, restartsOnTransfer, answerMaxAge } = province;
  return { timeZone, trackedSince, restartsOnTransfer, answerMaxAge };
}

/** The feeds that events about a province's numbers come by: those of the systems with phones that report events. */
function feedIdsOf({ id, systems }: Province): string[] {
  return systems
    .filter(({ kind, capabilities }) => kind !== 'broadband' && capabilities.events)
    .map((system) => `${id}/${system.id}`);
}

/**
 * Whether the feeds of a province vouch that nothing about a number of that system went unreported (`feedsVouch`). A
 * system that doesn't report itself has nobody who would tell of its lines.
 */
export async function readFeeds(
  { store, registry, now }: { store: Pick<Store, 'feeds'>; registry: Registry; now: Instant },
  home: { province: string; system: string },
): Promise<boolean> {
  const province = registry.provinceOf(home.province);
  const feedIds = province ? feedIdsOf(province) : [];
  if (!feedIds.includes(`${home.province}/${home.system}`)) return false;
  return feedsVouch({ feeds: await store.feeds.findMany(feedIds), now });
}

/** The customer of a user, where its identity was verified: only then there is somebody to compare. */
export async function readVerified(
  store: Pick<Store, 'customers' | 'users'>,
  of: { readonly userId: UserId } | { readonly user: Pick<User, 'customerId'> | null },
): Promise<Customer | null> {
  const user = 'user' in of ? of.user : await store.users.find(of.userId);
  const customerId: CustomerId | null = user?.customerId ?? null;
  const customer = customerId && (await store.customers.find(customerId));
  return customer?.verifiedAt != null ? customer : null;
}

/** The last port that was reported after an instant. */
function portAfter({ events }: NumberRecord, at: Instant): VerdictQuestion['port'] {
  const port = effectiveEvents(events).findLast((event) => event.type === 'number.ported' && event.at > at);
  return port ? { at: port.at, joined: port.joined } : null;
}

/** The question for a verdict on a claim, with nothing asked yet. */
export function questionOn({
  claim,
  known,
  registry,
  capabilities,
  now,
}: {
  claim: Claim;
  known: Known;
  registry: Registry;
  capabilities: VerdictQuestion['capabilities'];
  now: Instant;
}): VerdictQuestion {
  const { number, verified } = known;
  const { answerMaxAge: _, ...province } = provinceOf(registry, number.province, now);
  const fate = fateOfClaim(claim, { events: number.events, ...rulesOf(registry, number) });
  return {
    claim: { anchoredAt: claim.anchoredAt, tenancy: claim.tenancy },
    customerVerified: verified !== null,
    events: eventsSay({ fate, claim, province, feedsVouch: known.feedsVouch, now }),
    port: portAfter(number, claim.anchoredAt),
    province,
    capabilities,
    line: null,
    recycledSince: [],
    match: null,
  };
}

/** The question about a number that events call frozen since an instant, whoever may have a claim on it. */
export function questionOnFrozen({
  frozenSince,
  known: { number, verified },
  registry,
  capabilities,
  now,
}: {
  frozenSince: Instant;
  known: Pick<Known, 'number' | 'verified'>;
  registry: Registry;
  capabilities: VerdictQuestion['capabilities'];
  now: Instant;
}): Omit<VerdictQuestion, 'claim'> {
  const { answerMaxAge: _, ...province } = provinceOf(registry, number.province, now);
  return {
    customerVerified: verified !== null,
    events: { kind: 'nothing' },
    port: portAfter(number, frozenSince),
    province,
    capabilities,
    line: null,
    recycledSince: [],
    match: null,
  };
}
