import type { Registry } from '../../carriers/registry.ts';
import { rulesOf } from '../../carriers/rules.ts';
import type { Instant } from '../../domain/instant.ts';
import { stateOfImported } from '../../domain/number/plan.ts';
import type { PhoneRequest } from '../../store/phone-requests.ts';
import type { Store } from '../../store/store.ts';
import type { UserPhone } from '../../store/users.ts';
import type { Messenger } from '../ports.ts';
import type { PhoneDecision } from '../registration/facts.ts';
import { takeNumber } from '../registration/take.ts';
import { endOwnClaim, followLeaving } from './leave-number.ts';

/** What came of a change of phone. */
export type PhoneChangeOutcome =
  | { readonly status: 'changed'; readonly formerHolderReleased: boolean }
  | { readonly status: 'refused'; readonly reason: string };

/** How a change of phone ended; null while it hasn't. */
function outcomeOf(request: PhoneRequest | null): PhoneChangeOutcome | null {
  if (request === null) return { status: 'refused', reason: 'number_undecided' };
  const { status, formerHolderReleased, reason } = request;
  if (status === 'granted') return { status: 'changed', formerHolderReleased };
  return status === 'refused' ? { status, reason: reason ?? 'number_undecided' } : null;
}

interface ChangeTools {
  readonly store: Store;
  readonly registry: Registry;
  readonly messenger: Messenger;
}

interface Step {
  readonly requestId: string;
  /** The workflow's time. */
  readonly at: Instant;
  readonly correlator: string;
}

/**
 * The two ends of a change of phone. A user never has two claims (I1): the old one ends before the new one begins.
 * Between the two its document names the new phone already, so that no number's life gives it a former one back. Each may
 * be done again after a crash anywhere in it.
 */
export function createPhoneChangeActivities(tools: ChangeTools) {
  const { store } = tools;
  return {
    /** Gives a user its new phone in place of the old one. Null where the decision is stale: then the old one is back. */
    async takeNewPhone({
      requestId,
      decision,
      at,
      correlator,
    }: Step & { decision: Extract<PhoneDecision, { kind: 'take' }> }): Promise<PhoneChangeOutcome | null> {
      const before = await store.phoneRequests.find(requestId);
      if (before?.status !== 'pending') return outcomeOf(before);
      const { userId, claimId, numberKey, formerClaimId } = before;
      const request = await nameNewPhone(store, before);
      if (request === null) return refuse(tools, { requestId, reason: 'session_required', at, correlator });

      const old = request.leaving;
      // Of one and the same number the old claim ends with the write that begins the new one.
      const ended =
        old === null || old.claimId === decision.former?.claimId
          ? null
          : await endOwnClaim(store, { userId, phone: old, at });
      const taken = await takeNumber(tools, { request, decision, at, correlator });
      if (taken === null) {
        await takeBack(tools, { request, at, correlator });
        return null;
      }
      if (old && ended) await followLeaving(tools, { phone: old, ended, correlator });
      await store.users.raiseEpoch(userId, `${claimId}:began`);
      const claims = await store.claims.find(numberKey);
      const formerHolderReleased =
        claims?.released.some((past) => past.claimId === formerClaimId && past.userId !== userId) ?? false;
      return outcomeOf(
        await store.phoneRequests.settle(requestId, { status: 'granted', formerHolderReleased, at }),
      );
    },

    /** Refuses a change of phone, of which a crash may have left a part. */
    async refusePhoneChange({
      requestId,
      decision: { code, verdictId },
      at,
      correlator,
    }: Step & { decision: Extract<PhoneDecision, { kind: 'refuse' }> }): Promise<PhoneChangeOutcome | null> {
      const request = await store.phoneRequests.find(requestId);
      if (request === null) return outcomeOf(null);
      const { userId, numberKey } = request;
      if (code === 'phone_in_use' && (await holdsNow(store, request))) {
        // Whoever has the number is the one who asked for it: there is nothing to change.
        const unchanged = { status: 'granted', formerHolderReleased: false, at } as const;
        return outcomeOf(await store.phoneRequests.settle(requestId, unchanged));
      }
      // What a verdict led to stands beside the verdict.
      if (verdictId === null && request.status === 'pending') {
        await store.evidence.add({
          evidenceId: `${requestId}:refused`,
          numberKey,
          kind: 'decision',
          code: 'phone-change.refused',
          at,
          actor: 'linekeeper',
          claimId: null,
          userId,
          details: { requestId, reason: code },
        });
      }
      return refuse(tools, { requestId, reason: code, at, correlator });
    },
  };
}

/** Whether the number is the login phone of the user who asks for it. */
async function holdsNow(store: Store, { userId, numberKey }: PhoneRequest): Promise<boolean> {
  const [user, claims] = await Promise.all([store.users.find(userId), store.claims.find(numberKey)]);
  return claims?.claim?.userId === userId && claims.claim.claimId === user?.phone?.claimId;
}

/**
 * Has the user's document name the new phone in place of what it names, which is noted first. Gives the request with
 * that; null where the session ended that asked for it: whoever had it may no longer be the user (I2).
 */
async function nameNewPhone(store: Store, request: PhoneRequest): Promise<PhoneRequest | null> {
  const { requestId, userId, numberKey, claimId, epoch } = request;
  for (;;) {
    const user = await store.users.find(userId);
    if (user?.status !== 'open') return null;
    if (user.phone?.claimId === claimId) return store.phoneRequests.find(requestId);
    if (epoch !== undefined && user.epoch !== epoch) return null;
    await store.phoneRequests.noteLeaving(requestId, user.phone);
    const to = { numberKey, claimId };
    if (await store.users.movePhone({ userId, from: user.phone?.claimId ?? null, to, epoch })) {
      return { ...request, leaving: user.phone };
    }
  }
}

async function refuse(
  tools: ChangeTools,
  { requestId, reason, at, correlator }: Step & { reason: string },
): Promise<PhoneChangeOutcome | null> {
  const request = await tools.store.phoneRequests.find(requestId);
  if (request?.status === 'granted') return outcomeOf(request);
  if (request) await takeBack(tools, { request, at, correlator });
  return outcomeOf(await tools.store.phoneRequests.settle(requestId, { status: 'refused', reason, at }));
}

/**
 * The new phone can't be had after all: the user gets the old one back, unless somebody has proven to hold that since.
 * That its document names the new phone is what tells that this is still to be done: it goes last.
 */
async function takeBack(
  tools: ChangeTools,
  { request, at, correlator }: { request: PhoneRequest; at: Instant; correlator: string },
): Promise<void> {
  const { store, messenger } = tools;
  const { userId, claimId, leaving: old } = request;
  const user = await store.users.find(userId);
  if (user?.phone?.claimId !== claimId) return;
  if (old !== null && (await beginAgain(tools, { old, at }))) {
    await store.claims.settleRelease(old);
    // What was reported while nobody held it has been seen by nobody.
    await store.numbers.attendBy([old.numberKey], at);
    await messenger.wakeNumbers({ numberKeys: [old.numberKey], correlator });
    await store.users.movePhone({ userId, from: claimId, to: old });
    return;
  }
  const ended = old && (await endOwnClaim(store, { userId, phone: old, at }));
  if (old && ended) await followLeaving(tools, { phone: old, ended, correlator });
  await store.users.movePhone({ userId, from: claimId, to: null });
}

/** Has the claim on the old number begin again as it would be by now. False where it can't. */
async function beginAgain(
  { store, registry }: ChangeTools,
  { old: { numberKey, claimId }, at }: { old: UserPhone; at: Instant },
): Promise<boolean> {
  const [doc, number] = await Promise.all([store.claims.find(numberKey), store.numbers.find(numberKey)]);
  if (doc?.claim?.claimId === claimId) return true;
  const past = doc?.released.find((each) => each.claimId === claimId);
  if (!number || past?.cause.kind !== 'left') return false;
  const claim = { ...past, state: 'active', stateSince: at, bindingId: null } as const;
  const state = stateOfImported({
    events: number.events,
    ...rulesOf(registry, number),
    claim,
    holderVerified: false,
    now: at,
  });
  const back = await store.claims.giveBack({ numberKey, claimId, at, since: past.releasedAt, state });
  return back !== null;
}
