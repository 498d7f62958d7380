import {
  ActivityFailure,
  ApplicationFailure,
  proxyActivities,
  proxyLocalActivities,
} from '@temporalio/workflow';
import type { createIdentityActivities } from '../../activities/registration/identity.ts';
import type {
  createRegistrationActivities,
  RegistrationOutcome,
} from '../../activities/registration/register.ts';
import type { UserId } from '../../domain/ids.ts';
import { carrierTaskQueue } from '../task-queues.ts';
import type { RegistrationInput } from './contract.ts';
import { decisionOn } from './decision.ts';

const { registerUser, refuseRegistration } = proxyLocalActivities<
  ReturnType<typeof createRegistrationActivities>
>({
  // A dozen writes by `_id`. What was decided is done, however long the store is away.
  startToCloseTimeout: '30 s',
  retry: { initialInterval: '200 ms', backoffCoefficient: 2, maximumInterval: '10 s' },
});

/**
 * A registration on a number that is somebody's login phone, or that events call frozen: comes to a verdict, and takes
 * the number over or refuses. Its user is pending until then. Ends within 15 minutes of the code's proof, and says how.
 */
export async function registerOnVerdict({
  registrationId: requestId,
  correlator,
}: RegistrationInput): Promise<RegistrationOutcome> {
  for (;;) {
    const decision = await decisionOn({ requestId, correlator });
    const at = Date.now();
    if (decision.kind === 'refuse') {
      const refused = await refuseRegistration({ requestId, decision, at });
      if (refused === null) throw ApplicationFailure.nonRetryable('The request is gone', 'request_gone');
      return refused;
    }
    const ended = await registerUser({ requestId, decision, at, correlator });
    if (ended === null) continue;
    const { outcome, confirms } = ended;
    if (confirms && outcome.status === 'registered') await confirmIdentity(confirms, outcome.userId);
    return outcome;
  }
}

/** Has the carrier confirm who the new user said to be, if it can: once, and nothing hangs on it. */
async function confirmIdentity(home: { province: string; system: string }, userId: UserId): Promise<void> {
  const carrier = proxyActivities<ReturnType<typeof createIdentityActivities>>({
    taskQueue: carrierTaskQueue(home),
    startToCloseTimeout: '1 minute',
    // A carrier in trouble is left alone: the user can tell its identity again at any time.
    scheduleToCloseTimeout: '5 minutes',
    retry: { maximumAttempts: 2 },
  });
  try {
    await carrier.confirmIdentity({ userId });
  } catch (error) {
    if (!(error instanceof ActivityFailure)) throw error;
  }
}
