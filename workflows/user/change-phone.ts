import { proxyLocalActivities } from '@temporalio/workflow';
import type { createPhoneChangeActivities, PhoneChangeOutcome } from '../../activities/user/change-phone.ts';
import { decisionOn } from '../registration/decision.ts';
import type { ChangePhoneInput } from './contract.ts';

const { takeNewPhone, refusePhoneChange } = proxyLocalActivities<
  ReturnType<typeof createPhoneChangeActivities>
>({
  // Two dozen writes by `_id`. What was decided is done, however long the store is away.
  startToCloseTimeout: '30 s',
  retry: { initialInterval: '200 ms', backoffCoefficient: 2, maximumInterval: '10 s' },
});

/**
 * A user's change to another login phone: comes to a verdict on the new number as a registration does, and only then
 * leaves the old one. Ends within 15 minutes of the code's proof, and says how.
 */
export async function changePhone({ changeId, correlator }: ChangePhoneInput): Promise<PhoneChangeOutcome> {
  const step = { requestId: changeId, correlator };
  for (;;) {
    const decision = await decisionOn(step);
    const at = Date.now();
    const outcome =
      decision.kind === 'refuse'
        ? await refusePhoneChange({ ...step, decision, at })
        : await takeNewPhone({ ...step, decision, at });
    if (outcome !== null) return outcome;
  }
}
