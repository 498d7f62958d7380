import type { Claim } from '../domain/claim.ts';
import type { ClaimId, NumberKey, UserId } from '../domain/ids.ts';
import { formatInstant, type Instant } from '../domain/instant.ts';
import type { Freeze } from '../domain/number/freeze.ts';
import { foldHistory, freezeEndOf } from '../domain/number/history.ts';
import { planLife, type ReleasePolicy, stateOfImported } from '../domain/number/plan.ts';
import type { PhoneNumber } from '../domain/phone-number.ts';
import type { NumberRecord } from './numbers.ts';
import type { Store } from './store.ts';

/** What the number's province says of freezes and releases. */
export type RulesOf = (number: { numberKey: NumberKey; province: string }) => {
  freeze: Freeze;
  policy: ReleasePolicy;
};

/** A number that somebody proved to hold, and the system that answers for it. */
export interface ProvenPhone {
  readonly phone: PhoneNumber;
  readonly numberKey: NumberKey;
  readonly home: { readonly province: string; readonly system: string };
  /** When the number's code was proven. */
  readonly claimedAt: Instant;
}

/** How long a number's workflow has to look at a new claim before the sweep takes it for lost. */
const lostAfter = 60_000;

/** What claims are made with. */
export interface ClaimTools {
  readonly store: Pick<Store, 'claims' | 'evidence' | 'numbers'>;
  readonly rulesOf: RulesOf;
  readonly now: () => Instant;
}

/**
 * Makes the claim of a new user. False when another one holds the number. Done twice it is made once; a claim that
 * ended since is not made again.
 */
export async function makeClaim(
  tools: ClaimTools,
  { claimId, userId, proven }: { claimId: ClaimId; userId: UserId; proven: ProvenPhone },
): Promise<boolean> {
  const { store, rulesOf, now } = tools;
  const { numberKey, claimedAt } = proven;
  // The number is written before the claim, so that a claim whose maker crashed can be finished by the sweep.
  const number = await knownNumber(tools, proven);
  const at = now();
  const claim: Claim = {
    claimId,
    userId,
    state: 'active',
    claimedAt,
    anchoredAt: claimedAt,
    tenancy: null,
    bindingId: null,
    stateSince: at,
    samePerson: [],
  };
  // A claim proven long ago may have lost its tenancy since; for one proven now this says active.
  const state = stateOfImported({
    events: number.events,
    ...rulesOf(number),
    claim,
    holderVerified: false,
    now: at,
  });
  return store.claims.claim(numberKey, { ...claim, state });
}

/**
 * What follows from a claim, once it is there: its proof in the number's history, evidence, and whether the number's
 * life has to look at it. May be done again after a crash. Gives the number where its workflow is to be woken; until
 * then the sweep watches over it. The number is read after the claim was written, so what was reported in between is seen.
 */
export async function settleClaim(
  { store, rulesOf, now }: ClaimTools,
  { numberKey, claimId }: { numberKey: NumberKey; claimId: ClaimId },
): Promise<NumberKey | null> {
  const claims = await store.claims.find(numberKey);
  const claim = claims?.claim;
  if (claim?.claimId !== claimId) return null;
  const number = await proofRecorded({ store, rulesOf }, { numberKey, claimedAt: claim.claimedAt });
  if (number === null) return null;

  const plan = planLife({
    events: number.events,
    ...rulesOf(number),
    claim,
    lastReleased: claims?.released.at(-1) ?? null,
    // Only the life asks whether a person is verified; either answer has it look.
    holderVerified: true,
    now: now(),
  });
  const toWake = plan.duties.length > 0 || plan.nextAt !== number.attendBy;
  if (toWake) await store.numbers.attendBy([numberKey], now() + lostAfter);
  await store.evidence.add({
    evidenceId: `${claimId}:created`,
    numberKey,
    kind: 'effect',
    code: 'claim.created',
    at: now(),
    actor: 'linekeeper',
    claimId,
    userId: claim.userId,
    details: { claimedAt: formatInstant(claim.claimedAt), state: claim.state },
  });
  return toWake ? numberKey : null;
}

/** Takes back the claim of a user that never was committed, if it was made. */
export async function withdrawClaim(
  { store, now }: Pick<ClaimTools, 'store' | 'now'>,
  { numberKey, claimId, userId }: { numberKey: NumberKey; claimId: ClaimId; userId: UserId },
): Promise<void> {
  if (!(await store.claims.withdraw({ numberKey, claimId }))) return;
  await store.evidence.add({
    evidenceId: `${claimId}:withdrawn`,
    numberKey,
    kind: 'effect',
    code: 'claim.withdrawn',
    at: now(),
    actor: 'linekeeper',
    claimId,
    userId,
    details: {},
  });
}

async function knownNumber(
  { store }: Pick<ClaimTools, 'store'>,
  { phone, numberKey, home }: ProvenPhone,
): Promise<Pick<NumberRecord, 'numberKey' | 'province' | 'events'>> {
  for (;;) {
    const found = await store.numbers.find(numberKey);
    if (found) return found;
    const fresh = {
      numberKey,
      phone,
      ...home,
      events: [],
      provenAt: [],
      phase: 'unknown',
      freezeEndsAt: null,
      fromVersion: 0,
    } as const;
    if (await store.numbers.write([fresh])) return { numberKey, province: home.province, events: [] };
  }
}

async function proofRecorded(
  { store, rulesOf }: Pick<ClaimTools, 'store' | 'rulesOf'>,
  { numberKey, claimedAt }: { numberKey: NumberKey; claimedAt: Instant },
): Promise<NumberRecord | null> {
  for (;;) {
    const number = await store.numbers.find(numberKey);
    if (number === null || number.provenAt.includes(claimedAt)) return number;
    const { events } = number;
    const provenAt = [...number.provenAt, claimedAt];
    const { freeze } = rulesOf(number);
    const life = foldHistory({ events, provenAt }, freeze);
    const written = await store.numbers.write([
      {
        numberKey,
        phone: number.phone,
        province: number.province,
        system: number.system,
        events,
        provenAt,
        phase: life.phase,
        freezeEndsAt: freezeEndOf(life, freeze),
        fromVersion: number.version,
      },
    ]);
    if (written) return { ...number, provenAt };
  }
}
