import { ApplicationFailure, proxyLocalActivities } from '@temporalio/workflow';
import type {
  createRegistrationActivities,
  RegistrationOutcome,
} from '../../activities/registration/register.ts';
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
    const registered = await registerUser({ requestId, decision, at, correlator });
    if (registered !== null) return registered;
  }
}
