import { createPhoneRequestActivities } from '../../activities/registration/decide.ts';
import { createPhoneJudgeActivities } from '../../activities/registration/judge.ts';
import { createLostRequestActivities } from '../../activities/registration/lost-requests.ts';
import {
  createRegistrationActivities,
  type RegistrationOutcome,
} from '../../activities/registration/register.ts';
import { createSweepActivities } from '../../activities/sweep/sweep.ts';
import { parseRegistry } from '../../carriers/registry.ts';
import type { RegistrationId } from '../../domain/ids.ts';
import type { Store } from '../../store/store.ts';
import { createJudge } from '../../verdicts/judge.ts';
import { registryText } from '../activities/registry.ts';
import { createScriptedCarriers } from '../carriers/scripted.ts';

/** The steps of registrations that need a verdict, called as their workflow calls them, without a workflow server. */
export function createTown(store: Store, at: number) {
  const registry = parseRegistry({ text: registryText, source: 'test', folder: '.', env: {} });
  const scripted = createScriptedCarriers(registry);
  const delivered = new Set<string>();
  const woken = new Set<string>();
  const started: string[] = [];
  const messenger = {
    wakeNumbers: async ({ numberKeys }: { numberKeys: readonly string[] }) => {
      for (const numberKey of numberKeys) woken.add(numberKey);
    },
    deliverNotice: async ({ noticeId }: { noticeId: string }) => void delivered.add(noticeId),
    runImport: async () => undefined,
    deliverMail: async () => undefined,
    changePhone: async () => undefined,
    runRegistration: async ({ registrationId }: { registrationId: string }) =>
      void started.push(registrationId),
  };
  const judge = createJudge({ store, carriers: scripted.carriers, registry, now: () => at });
  const { decidePhoneRequest } = createPhoneRequestActivities({ store, registry });
  const { judgePhoneRequest } = createPhoneJudgeActivities({ store, registry, judge });
  const { registerUser, refuseRegistration } = createRegistrationActivities({ store, registry, messenger });
  const { tidyUp } = createSweepActivities({ store, registry, messenger });
  const { resumePhoneRequests } = createLostRequestActivities({ store, messenger });

  return {
    registry,
    scripted,
    /** The notices that were handed on, each once. */
    delivered,
    started,
    /**
     * As the workflow goes on, which comes to do what it decided at once, or at a later time. Null where the carrier has
     * to be asked again later.
     */
    async goOn(
      registrationId: RegistrationId,
      decidedAt = at,
      doneAt = decidedAt,
    ): Promise<RegistrationOutcome | null> {
      const requestId = registrationId;
      const correlator = 'test';
      for (let now = decidedAt; ; now = doneAt) {
        let step = await decidePhoneRequest({ requestId, now });
        if (step.kind === 'judge') step = await judgePhoneRequest({ requestId, at: now, correlator });
        if (step.kind === 'wait') return null;
        if (step.kind === 'refuse') return refuseRegistration({ requestId, decision: step, at: doneAt });
        if (step.kind === 'judge') continue;
        const ended = await registerUser({ requestId, decision: step, at: doneAt, correlator });
        if (ended) return ended.outcome;
      }
    },
    /** One sweep. */
    async sweep(now: number): Promise<void> {
      await resumePhoneRequests({ now });
      await tidyUp({ now });
    },
  };
}
