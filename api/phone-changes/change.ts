import type { z } from 'zod';
import { asClaimId, asUserId, type NumberKey, type UserId } from '../../domain/ids.ts';
import type { Instant } from '../../domain/instant.ts';
import { decideLeaving } from '../../domain/leaving-rules.ts';
import { derivedId } from '../../store/derived-id.ts';
import type { NumberRecord } from '../../store/numbers.ts';
import type { PhoneRequest } from '../../store/phone-requests.ts';
import type { Proof } from '../../store/verifications.ts';
import { createVerdicts } from '../../verdicts/verdicts.ts';
import { userWorkflowId } from '../../workflows/user/contract.ts';
import { createConfirmHolder } from '../confirm-holder.ts';
import type { ApiDependencies } from '../dependencies.ts';
import type { UserSession } from '../middleware/user-session.ts';
import { outcomeWithin, settledBy } from '../outcome.ts';
import { Problem } from '../problem.ts';
import type { phoneChangeRequestSchema } from '../schemas/phone-change.ts';
import { proveCode } from '../verification.ts';

/** What changes of phone stand on. */
export type PhoneChangeDependencies = Pick<
  ApiDependencies,
  | 'store'
  | 'workflows'
  | 'carriers'
  | 'registry'
  | 'routing'
  | 'hasher'
  | 'aside'
  | 'metrics'
  | 'logger'
  | 'now'
>;

/** A change as it was asked for. */
export interface PhoneChangeCall {
  readonly body: z.output<typeof phoneChangeRequestSchema>;
  readonly session: UserSession;
  readonly correlator: string;
  readonly receivedAt: Instant;
}

/** How a change of phone stands, for whoever asks. */
export type PhoneChangeState = { readonly changeId: string; readonly userId: UserId } & (
  | { readonly status: 'pending' }
  | { readonly status: 'changed'; readonly formerHolderReleased: boolean }
  | { readonly status: 'refused'; readonly reason: string }
);

/** Changing users' login phones, and telling how it went. */
export function createPhoneChanger(dependencies: PhoneChangeDependencies) {
  const { store, workflows, routing, hasher, aside, logger, now } = dependencies;
  const verdicts = createVerdicts({ ...dependencies, wakeNumber: workflows.wakeNumber });
  const confirmHolder = createConfirmHolder(dependencies);

  /** The request when it is settled, or as it is when the time is over. */
  const settled = (
    { requestId, userId }: Pick<PhoneRequest, 'requestId' | 'userId'>,
    until: Instant,
  ): Promise<PhoneRequest | null> =>
    settledBy(dependencies, {
      read: () => store.phoneRequests.find(requestId),
      workflowId: userWorkflowId(userId),
      until,
    });

  /**
   * Proves the code. The same code again, of the same user, is the same change: its answer may have been lost.
   */
  const prove = async ({ body, session: { userId } }: PhoneChangeCall, numberKey: NumberKey) => {
    const { verificationId, code } = body;
    const changeId = derivedId('phone-change', userId, verificationId);
    const guess = { verificationId, code, numberKey, purpose: 'change-phone', now: now() } as const;
    return { changeId, proof: await proveCode({ store, hasher }, { ...guess, by: changeId }) };
  };

  /** The request of this change, made now or before. Null where something else changes the user just now. */
  const begin = async (
    { session: { userId, user }, correlator }: PhoneChangeCall,
    { numberKey, changeId, proof }: { numberKey: NumberKey; changeId: string; proof: Proof },
  ): Promise<PhoneRequest | null> => {
    const held = (await store.claims.find(numberKey))?.claim ?? null;
    const { request, isNew } = await store.phoneRequests.add({
      requestId: changeId,
      kind: 'phone-change',
      userId,
      numberKey,
      claimId: asClaimId(derivedId('claim', changeId)),
      ...proof,
      formerClaimId: held?.claimId ?? null,
      epoch: user.epoch,
      correlator,
      createdAt: now(),
    });
    if (request.status !== 'pending') return request;
    if (held?.state === 'active' && held.claimId === user.phone?.claimId) {
      // It is the login phone already.
      const unchanged = { status: 'granted', formerHolderReleased: false, at: now() } as const;
      return store.phoneRequests.settle(changeId, unchanged);
    }
    // One that was there before waits for what runs.
    if ((await start(request)) === 'started' || !isNew) return request;
    await store.phoneRequests.withdraw(changeId);
    return null;
  };

  const start = async ({ requestId, userId, correlator }: PhoneRequest): Promise<'started' | 'busy'> => {
    try {
      return await workflows.changePhone({ changeId: requestId, userId, correlator });
    } catch (error) {
      logger.warn({ err: error, requestId }, 'A change of phone was not started; the sweep will start it');
      return 'started';
    }
  };

  /** What is done beside the answer: it may be lost, and nobody waits for it. */
  const beside = async ({ claimId }: PhoneRequest, number: NumberRecord): Promise<void> => {
    const claim = (await store.claims.find(number.numberKey))?.claim;
    if (claim?.claimId !== claimId || claim.tenancy !== null) return;
    const home = { province: number.province, system: number.system };
    await verdicts.rememberTenancy({ number, home, claim });
  };

  return {
    /**
     * Changes a user's login phone. Without the right code nobody learns anything of the number. Throws the `Problem`s
     * that refuse it.
     */
    async change(call: PhoneChangeCall): Promise<PhoneChangeState> {
      const { phone } = call.body;
      const { user } = call.session;
      const home = routing.routeOf(phone);
      if (!home) throw new Problem('number_not_served');
      const decision = decideLeaving({
        wants: 'change-phone',
        activeServices: 0,
        bound: false,
        hasPhone: user.phone !== null,
        balances: [],
      });
      if (decision.kind === 'refuse') throw new Problem(decision.code);
      await confirmHolder(call);
      const numberKey = hasher.numberKeyOf(phone);
      const { changeId, proof } = await prove(call, numberKey);
      const number = await store.numbers.meet({ numberKey, phone, home });
      const request = await begin(call, { numberKey, changeId, proof });
      const end = request && (await settled(request, call.receivedAt + outcomeWithin));
      // Also where the same call, made twice at once, was taken back by the other one.
      if (!end) throw new Problem('change_in_progress');
      if (end.status === 'granted') aside.run('remember a tenancy', () => beside(end, number));
      return stateOf(end);
    },

    /** How a change of a user's phone stands; waits for its end until an instant. Null where there is none. */
    async find(
      { userId, changeId }: { userId: string; changeId: string },
      until: Instant,
    ): Promise<PhoneChangeState | null> {
      const ofUser = { requestId: changeId, userId: asUserId(userId) };
      const before = await store.phoneRequests.find(changeId);
      if (before?.kind !== 'phone-change' || before.userId !== ofUser.userId) return null;
      return stateOf((await settled(ofUser, until)) ?? before);
    },
  };
}

function stateOf({
  requestId: changeId,
  userId,
  status,
  formerHolderReleased,
  reason,
}: PhoneRequest): PhoneChangeState {
  switch (status) {
    case 'pending':
      return { changeId, userId, status };
    case 'granted':
      return { changeId, userId, status: 'changed', formerHolderReleased };
    case 'refused':
      return { changeId, userId, status, reason: reason ?? 'number_undecided' };
  }
}
