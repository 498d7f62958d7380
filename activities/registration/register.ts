import { rulesOf } from '../../carriers/rules.ts';
import type { UserId } from '../../domain/ids.ts';
import type { Instant } from '../../domain/instant.ts';
import { withdrawClaim } from '../../store/new-claim.ts';
import { withdraw } from '../../store/new-user-steps.ts';
import type { PhoneRequest } from '../../store/phone-requests.ts';
import { refusal } from '../../store/registration.ts';
import type { PhoneDecision } from './facts.ts';
import { type TakeTools, takeNumber } from './take.ts';

/** What came of a registration. */
export type RegistrationOutcome =
  | { readonly status: 'registered'; readonly userId: UserId; readonly formerHolderReleased: boolean }
  | { readonly status: 'refused'; readonly reason: string };

/** How a request for a number ended, in the words of registrations; null while it hasn't. */
export function registrationOutcome(
  request: Pick<PhoneRequest, 'status' | 'userId' | 'formerHolderReleased' | 'reason'>,
): RegistrationOutcome | null {
  const { status, userId, formerHolderReleased, reason } = request;
  if (status === 'granted') return { status: 'registered', userId, formerHolderReleased };
  return status === 'refused' ? { status, reason: reason ?? 'number_undecided' } : null;
}

/** The two ends of a registration that needed a verdict. Each may be done again after a crash anywhere in it. */
export function createRegistrationActivities(tools: TakeTools) {
  const { store, registry } = tools;
  const newUserTools = (at: Instant) => ({
    store,
    rulesOf: (number: Parameters<typeof rulesOf>[1]) => rulesOf(registry, number),
    now: () => at,
  });

  const refuse = async (
    { requestId, numberKey, claimId, userId }: PhoneRequest,
    { reason, at }: { reason: string; at: Instant },
  ): Promise<RegistrationOutcome | null> => {
    const settled = await store.phoneRequests.settle(requestId, { status: 'refused', reason, at });
    const outcome = settled && registrationOutcome(settled);
    if (outcome?.status !== 'refused') return outcome;
    await store.users.abandon(userId, at);
    const user = await store.users.find(userId);
    if (user?.status === 'abandoned') await withdraw(newUserTools(at), user);
    else await withdrawClaim(newUserTools(at), { numberKey, claimId, userId });
    return outcome;
  };

  return {
    /** Gives the pending user its number and opens it. Null where the decision is stale and has to be made anew. */
    async registerUser({
      requestId,
      decision,
      at,
      correlator,
    }: {
      requestId: string;
      decision: Extract<PhoneDecision, { kind: 'take' }>;
      at: Instant;
      correlator: string;
    }): Promise<RegistrationOutcome | null> {
      const request = await store.phoneRequests.find(requestId);
      if (request === null || request.status === 'refused') return request && registrationOutcome(request);
      const taken = await takeNumber(tools, { request, decision, at, correlator });
      if (taken === null) return null;
      // A user that was given up meanwhile can't come back; the number it took is free again.
      if (!(await store.users.commit(request.userId))) {
        return refuse(request, { reason: 'number_undecided', at });
      }
      const settled = await store.phoneRequests.settle(requestId, { status: 'granted', ...taken, at });
      return settled && registrationOutcome(settled);
    },

    /** Refuses a registration, and takes back what was written for it. Gives how it ended, if it had before. */
    async refuseRegistration({
      requestId,
      decision: { code, verdictId },
      at,
    }: {
      requestId: string;
      decision: Extract<PhoneDecision, { kind: 'refuse' }>;
      at: Instant;
    }): Promise<RegistrationOutcome | null> {
      const request = await store.phoneRequests.find(requestId);
      if (request === null) return null;
      // What a verdict led to stands beside the verdict.
      if (verdictId === null && request.status === 'pending') {
        const { numberKey } = request;
        await store.evidence.add(refusal({ registrationId: requestId, numberKey, code, at }));
      }
      return refuse(request, { reason: code, at });
    },
  };
}
