import { rulesOf } from '../../carriers/rules.ts';
import type { Email } from '../../domain/handle.ts';
import type { UserId } from '../../domain/ids.ts';
import type { Instant } from '../../domain/instant.ts';
import { askForEmail } from '../../store/asked-email.ts';
import { withdrawClaim } from '../../store/new-claim.ts';
import { withdraw } from '../../store/new-user-steps.ts';
import type { PhoneRequest } from '../../store/phone-requests.ts';
import { refusal } from '../../store/registration.ts';
import type { User } from '../../store/users.ts';
import type { Mails } from '../ports.ts';
import type { PhoneDecision } from './facts.ts';
import { type TakeTools, takeNumber } from './take.ts';

/** What came of a registration. */
export type RegistrationOutcome =
  | { readonly status: 'registered'; readonly userId: UserId; readonly formerHolderReleased: boolean }
  | { readonly status: 'refused'; readonly reason: string };

/** What came of it, and the system that has to be asked whether its user is who it said to be; null where it said nothing. */
interface Ended {
  readonly outcome: RegistrationOutcome;
  readonly confirms: { readonly province: string; readonly system: string } | null;
}

const ended = (outcome: RegistrationOutcome | null, confirms: Ended['confirms'] = null): Ended | null =>
  outcome && { outcome, confirms };

/** How a request for a number ended, in the words of registrations; null while it hasn't. */
export function registrationOutcome(
  request: Pick<PhoneRequest, 'status' | 'userId' | 'formerHolderReleased' | 'reason'>,
): RegistrationOutcome | null {
  const { status, userId, formerHolderReleased, reason } = request;
  if (status === 'granted') return { status: 'registered', userId, formerHolderReleased };
  return status === 'refused' ? { status, reason: reason ?? 'number_undecided' } : null;
}

/** The two ends of a registration that needed a verdict. Each may be done again after a crash anywhere in it. */
export function createRegistrationActivities(
  tools: TakeTools & { readonly messenger: Pick<Mails, 'deliverMail'> },
) {
  const { store, registry, messenger } = tools;
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

  /** Has the mail sent that lets a new user verify its e-mail. Done again it is sent again; the last one counts. */
  const askToVerify = async (user: User, { correlator, at }: { correlator: string; at: Instant }) => {
    if (user.email === null || user.emailVerified) return;
    const asked = { userId: user.userId, email: user.email as Email, epoch: null, correlator, at };
    const tokenId = await askForEmail(store, asked);
    if (tokenId) await messenger.deliverMail({ tokenId, correlator });
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
    }): Promise<Ended | null> {
      const request = await store.phoneRequests.find(requestId);
      if (request === null) return null;
      if (request.status === 'refused') return ended(registrationOutcome(request));
      const taken = await takeNumber(tools, { request, decision, at, correlator });
      if (taken === null) return null;
      // A user that was given up meanwhile can't come back; the number it took is free again.
      if (!(await store.users.commit(request.userId))) {
        return ended(await refuse(request, { reason: 'number_undecided', at }));
      }
      const user = await store.users.find(request.userId);
      if (user && request.status === 'pending') await askToVerify(user, { correlator, at });
      const settled = await store.phoneRequests.settle(requestId, { status: 'granted', ...taken, at });
      const number = user?.customerId ? await store.numbers.find(request.numberKey) : null;
      const home = number && { province: number.province, system: number.system };
      return ended(settled && registrationOutcome(settled), home);
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
