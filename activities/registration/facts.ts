import { ApplicationFailure } from '@temporalio/common';
import type { Registry } from '../../carriers/registry.ts';
import { rulesOf } from '../../carriers/rules.ts';
import type { Claim, ClaimTenancy, ReleaseCause } from '../../domain/claim.ts';
import type { ClaimId, UserId } from '../../domain/ids.ts';
import type { Instant } from '../../domain/instant.ts';
import {
  decideRegistration,
  decideWaitingTakeOver,
  takeOverWithin,
} from '../../domain/registration-rules.ts';
import type { Finding } from '../../domain/verdict-question.ts';
import { readWantedNumber, type WantedNumber, wasFaster } from '../../domain/wanted-number.ts';
import { type ClaimDoc, wasMade } from '../../store/claim-doc.ts';
import type { NumberRecord } from '../../store/numbers.ts';
import type { PhoneRequest } from '../../store/phone-requests.ts';
import type { Store } from '../../store/store.ts';
import { readVerified } from '../../verdicts/facts.ts';

/** What reading a request for a number stands on. */
export interface FactTools {
  readonly store: Store;
  readonly registry: Registry;
}

/** The claim that a take-over ends, as it was decided on. */
export interface FormerClaim {
  readonly claimId: ClaimId;
  readonly userId: UserId;
  /** Its `stateSince`. */
  readonly since: Instant;
}

/** What was decided on a request for a number. `verdictId` names the verdict that it rests on; null without one. */
export type PhoneDecision =
  | {
      readonly kind: 'take';
      /** Whose claim ends for it, and why; null where nobody has one, or it ended before. */
      readonly former: (FormerClaim & { readonly cause: ReleaseCause }) | null;
      /** The tenancy that the carrier told of; null where it told none. */
      readonly tenancy: ClaimTenancy | null;
      readonly verdictId: string | null;
    }
  | { readonly kind: 'refuse'; readonly code: string; readonly verdictId: string | null };

/** What is to be done next about a request. `until`: when it has to be decided. */
export type NextStep =
  | PhoneDecision
  | {
      readonly kind: 'judge';
      readonly home: { readonly province: string; readonly system: string };
      readonly until: Instant;
    }
  | { readonly kind: 'wait'; readonly until: Instant };

/** A request, with all that is known here of the number that it wants. */
export interface RequestFacts {
  readonly request: PhoneRequest;
  readonly number: NumberRecord;
  readonly claims: ClaimDoc | null;
  readonly claim: Claim | null;
  readonly seen: WantedNumber;
}

/** Reads a request and its number. Throws a failure that isn't retried when it is gone: nobody can be told then. */
export async function readRequest(
  { store, registry }: FactTools,
  { requestId, now }: { requestId: string; now: Instant },
): Promise<RequestFacts> {
  const request = await store.phoneRequests.find(requestId);
  const [number, claims] = request
    ? await Promise.all([store.numbers.find(request.numberKey), store.claims.find(request.numberKey)])
    : [null, null];
  if (!request || !number) throw ApplicationFailure.nonRetryable('The request is gone', 'request_gone');
  const claim = claims?.claim ?? null;
  const seen = readWantedNumber({ number, rules: rulesOf(registry, number), claim, now });
  return { request, number, claims, claim, seen };
}

const take = (former: Extract<PhoneDecision, { kind: 'take' }>['former']): PhoneDecision => ({
  kind: 'take',
  former,
  tenancy: null,
  verdictId: null,
});

/**
 * Decides on a request by what is known here, and by the verdict where there is one. What was begun before a crash is
 * gone on with: a request that was refused stays so, and one whose claim was made is granted.
 */
export async function decideOn(
  tools: FactTools,
  { request, number, claims, claim, seen }: RequestFacts,
  { verdict, now }: { verdict: Finding | null; now: Instant },
): Promise<NextStep> {
  const refuse = (code: string): PhoneDecision => ({ kind: 'refuse', code, verdictId: null });
  if (request.status === 'refused') return refuse(request.reason ?? 'number_undecided');
  if (claims && wasMade(claims, request.claimId)) return take(null);

  const { provenAt, issuedAt } = request;
  const waited = decideWaitingTakeOver({ provenAt, issuedAt, now, lastBoundary: seen.lastBoundary });
  if (waited.kind === 'refuse') return refuse(waited.code);
  if (claim && seen.fate && wasFaster(claim, seen.fate, issuedAt)) return refuse('phone_in_use');

  const knownFrozen = seen.frozenSince !== null;
  const decision = decideRegistration({ occupied: claim !== null, knownFrozen, verdict });
  const until = provenAt + takeOverWithin;
  switch (decision.kind) {
    case 'refuse':
      return refuse(decision.code);
    case 'create':
      return take(null);
    case 'take-over':
      return take(claim && { ...formerOf(claim), cause: causeOf(seen) });
    case 'judge':
      return (await awaitsPerson(tools, claim, seen))
        ? { kind: 'wait', until }
        : { kind: 'judge', home: { province: number.province, system: number.system }, until };
  }
}

const formerOf = ({ claimId, userId, stateSince }: Claim): FormerClaim => ({
  claimId,
  userId,
  since: stateSince,
});

/** The event that ended the former tenancy, where one did; else it was the carrier's answer. */
const causeOf = ({ fate }: WantedNumber): ReleaseCause =>
  fate?.kind === 'recycled'
    ? { kind: fate.by, eventKey: fate.eventKey }
    : { kind: 'recycled', eventKey: null };

/**
 * Whether the number's life has still to find out if a new tenancy, of which events tell, is the same verified person's.
 * Nobody takes a number over before that: it will be free in a moment, or the claim goes on.
 */
async function awaitsPerson(
  { store }: FactTools,
  claim: Claim | null,
  { fate }: WantedNumber,
): Promise<boolean> {
  if (claim === null || fate?.kind !== 'recycled') return false;
  const check = claim.samePerson.find(({ eventKey }) => eventKey === fate.eventKey);
  if (check && check.answer !== 'undecided') return false;
  return (await readVerified(store, claim)) !== null;
}
