import type { Claim } from '../domain/claim.ts';
import type { ClaimId, NumberKey, UserId } from '../domain/ids.ts';
import { formatInstant, type Instant } from '../domain/instant.ts';
import type { Freeze } from '../domain/number/freeze.ts';
import { foldHistory, freezeEndOf } from '../domain/number/history.ts';
import { planLife, type ReleasePolicy, stateOfImported } from '../domain/number/plan.ts';
import type { PhoneNumber } from '../domain/phone-number.ts';
import type { ClaimDoc } from './claim-doc.ts';
import type { Evidence } from './evidence.ts';
import type { NumberChange, NumberRecord } from './numbers.ts';
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

/** A claim that is to be made, each of a call on another number. */
export interface NewClaim {
  readonly claimId: ClaimId;
  readonly userId: UserId;
  readonly proven: ProvenPhone;
}

/** Names a claim. */
export interface ClaimName {
  readonly numberKey: NumberKey;
  readonly claimId: ClaimId;
}

/** What claims are made with. */
export interface ClaimTools {
  readonly store: Pick<Store, 'claims' | 'evidence' | 'numbers'>;
  readonly rulesOf: RulesOf;
  readonly now: () => Instant;
}

/** A claim as it begins. */
export const firstClaim = (
  { claimId, userId, claimedAt }: Pick<Claim, 'claimId' | 'userId' | 'claimedAt'>,
  at: Instant,
): Claim => ({
  claimId,
  userId,
  state: 'active',
  claimedAt,
  anchoredAt: claimedAt,
  tenancy: null,
  bindingId: null,
  stateSince: at,
  samePerson: [],
});

/** How long a number's workflow has to look at a new claim before the sweep takes it for lost. */
const lostAfter = 60_000;

/**
 * Makes the claims of new users. For each: false when another one holds the number. Done twice they are made once; a
 * claim that ended since is not made again.
 */
export async function makeClaims(tools: ClaimTools, claims: readonly NewClaim[]): Promise<boolean[]> {
  const { store, rulesOf, now } = tools;
  // The numbers are written before the claims, so that a claim whose maker crashed can be finished by the sweep.
  const numbers = await knownNumbers(
    tools,
    claims.map(({ proven }) => proven),
  );
  const at = now();
  return store.claims.claimMany(
    claims.map(({ claimId, userId, proven: { numberKey, home, claimedAt } }) => {
      const claim = firstClaim({ claimId, userId, claimedAt }, at);
      const { province, events } = numbers.get(numberKey) ?? { ...home, events: [] };
      // A claim proven long ago may have lost its tenancy since; for one proven now this says active.
      const state = stateOfImported({
        events,
        ...rulesOf({ numberKey, province }),
        claim,
        holderVerified: false,
        now: at,
      });
      return { numberKey, claim: { ...claim, state } };
    }),
  );
}

/**
 * What follows from claims, once they are there: their proof in the numbers' histories, evidence, and whether a number's
 * life has to look at it. May be done again after a crash. Gives the numbers whose workflows are to be woken; until then
 * the sweep watches over them. Numbers are read after the claims were written, so what was reported in between is seen.
 */
export async function settleClaims(tools: ClaimTools, names: readonly ClaimName[]): Promise<Set<NumberKey>> {
  const { store, now } = tools;
  const docs = new Map((await store.claims.findMany(names.map(keyOf))).map((doc) => [doc._id, doc]));
  const live = names.flatMap(({ numberKey, claimId }) => {
    const doc = docs.get(numberKey);
    return doc?.claim?.claimId === claimId ? [{ numberKey, doc, claim: doc.claim }] : [];
  });
  if (live.length === 0) return new Set();

  const numbers = await proofsRecorded(
    tools,
    live.map(({ numberKey, claim }) => ({ numberKey, claimedAt: claim.claimedAt })),
  );
  const toWake = live.flatMap(({ numberKey, doc }) => {
    const number = numbers.get(numberKey);
    return number && asksForSomething(tools, number, doc) ? [numberKey] : [];
  });
  await store.numbers.attendBy(toWake, now() + lostAfter);
  await store.evidence.add(...live.map(({ numberKey, claim }) => created(numberKey, claim, now())));
  return new Set(toWake);
}

const created = (
  numberKey: NumberKey,
  { claimId, userId, claimedAt, state }: Claim,
  at: Instant,
): Evidence => ({
  evidenceId: `${claimId}:created`,
  numberKey,
  kind: 'effect',
  code: 'claim.created',
  at,
  actor: 'linekeeper',
  claimId,
  userId,
  details: { claimedAt: formatInstant(claimedAt), state },
});

/**
 * What follows from one claim that was just made, with the number as it was read before it: as `settleClaims`, in two
 * trips to the store where nothing was reported meanwhile. Gives whether the number's life is to be woken.
 */
export async function settleNewClaim(
  tools: ClaimTools,
  { number, doc, claim }: { number: NumberRecord; doc: ClaimDoc; claim: Claim },
): Promise<boolean> {
  const { store, rulesOf, now } = tools;
  const { numberKey, provenAt: proofs, version: fromVersion } = number;
  const { claimId, claimedAt: provenAt } = claim;
  const { freeze } = rulesOf(number);
  const life = foldHistory({ events: number.events, provenAt: [...proofs, provenAt] }, freeze);
  const projections = { phase: life.phase, freezeEndsAt: freezeEndOf(life, freeze) };
  const [noted] = await Promise.all([
    !proofs.includes(provenAt) &&
      store.numbers.addProof({ numberKey, provenAt, ...projections, fromVersion }),
    store.evidence.add(created(numberKey, claim, now())),
  ]);
  // The version that the proof was added to is the one that was read: so nothing came in between.
  if (!noted) return (await settleClaims(tools, [{ numberKey, claimId }])).has(numberKey);
  if (!asksForSomething(tools, number, doc)) return false;
  await store.numbers.attendBy([numberKey], now() + lostAfter);
  return true;
}

/** Takes back the claim of a user that never was committed, if it was made. */
export async function withdrawClaim(
  { store, now }: Pick<ClaimTools, 'store' | 'now'>,
  { numberKey, claimId, userId }: ClaimName & { userId: UserId },
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

const keyOf = ({ numberKey }: { numberKey: NumberKey }): NumberKey => numberKey;

type KnownNumber = Pick<NumberChange, 'province' | 'events'>;

/** The numbers as they are known, those never seen written down now. */
async function knownNumbers(
  { store }: Pick<ClaimTools, 'store'>,
  phones: readonly ProvenPhone[],
): Promise<Map<NumberKey, KnownNumber>> {
  for (;;) {
    const found = await store.numbers.findMany(phones.map(keyOf));
    const known = new Map<NumberKey, KnownNumber>(found.map((number) => [number.numberKey, number]));
    const unseen: NumberChange[] = phones
      .filter(({ numberKey }) => !known.has(numberKey))
      .map(({ phone, numberKey, home }) => ({
        numberKey,
        phone,
        ...home,
        events: [],
        provenAt: [],
        phase: 'unknown',
        freezeEndsAt: null,
        fromVersion: 0,
      }));
    // Where somebody else wrote one meanwhile, all are read again.
    if (await store.numbers.write(unseen)) {
      for (const number of unseen) known.set(number.numberKey, number);
      return known;
    }
  }
}

/** The numbers with the proofs in their histories. */
async function proofsRecorded(
  { store, rulesOf }: Pick<ClaimTools, 'store' | 'rulesOf'>,
  proofs: readonly { numberKey: NumberKey; claimedAt: Instant }[],
): Promise<Map<NumberKey, NumberRecord>> {
  for (;;) {
    const found = await store.numbers.findMany(proofs.map(keyOf));
    const numbers = new Map(found.map((number) => [number.numberKey, number]));
    const changes = proofs.flatMap(({ numberKey, claimedAt }) => {
      const number = numbers.get(numberKey);
      if (!number || number.provenAt.includes(claimedAt)) return [];
      const provenAt = [...number.provenAt, claimedAt];
      const { freeze } = rulesOf(number);
      const life = foldHistory({ events: number.events, provenAt }, freeze);
      const { phone, province, system, events, version: fromVersion } = number;
      const projections = { phase: life.phase, freezeEndsAt: freezeEndOf(life, freeze) };
      return [{ numberKey, phone, province, system, events, provenAt, ...projections, fromVersion }];
    });
    if (await store.numbers.write(changes)) return numbers;
  }
}

function asksForSomething(
  { rulesOf, now }: Pick<ClaimTools, 'rulesOf' | 'now'>,
  number: NumberRecord,
  { claim, released }: ClaimDoc,
): boolean {
  const { duties, nextAt } = planLife({
    events: number.events,
    ...rulesOf(number),
    claim,
    released,
    // Only the life asks whether a person is verified; either answer has it look.
    holderVerified: true,
    now: now(),
  });
  return duties.length > 0 || nextAt !== number.attendBy;
}
