import { createPhoneRequestActivities } from '../../activities/registration/decide.ts';
import { createPhoneJudgeActivities } from '../../activities/registration/judge.ts';
import { createPhoneChangeActivities, type PhoneChangeOutcome } from '../../activities/user/change-phone.ts';
import type { Registry } from '../../carriers/registry.ts';
import type { Instant } from '../../domain/instant.ts';
import type { Store } from '../../store/store.ts';
import { createJudge } from '../../verdicts/judge.ts';
import type { createScriptedCarriers } from '../carriers/scripted.ts';
import type { recordingMessenger } from './leavers.ts';

/** What changes of phone stand on in these tests. */
export interface Tools {
  store: Store;
  registry: Registry;
  messenger: Pick<ReturnType<typeof recordingMessenger>, 'wakeNumbers' | 'deliverNotice' | 'runImport'>;
  carriers: ReturnType<typeof createScriptedCarriers>;
  now: () => Instant;
}

/**
 * Changes a phone as its workflow does, without its waiting. `meanwhile` happens between the decision and what is done by
 * it, in the first round. Null where it would have to wait.
 */
export async function changeAsWorkflow(
  { carriers, now, ...tools }: Tools,
  requestId: string,
  meanwhile: () => Promise<unknown> = async () => undefined,
): Promise<PhoneChangeOutcome | null> {
  const judge = createJudge({ ...tools, carriers: carriers.carriers, now, onLookup: () => undefined });
  const { decidePhoneRequest } = createPhoneRequestActivities(tools);
  const { judgePhoneRequest } = createPhoneJudgeActivities({ ...tools, judge });
  const { takeNewPhone, refusePhoneChange } = createPhoneChangeActivities(tools);
  const step = { requestId, correlator: 'test' };
  for (let round = 0; ; round += 1) {
    let decision = await decidePhoneRequest({ requestId, now: now() });
    if (decision.kind === 'judge') decision = await judgePhoneRequest({ ...step, at: now() });
    if (decision.kind === 'wait' || decision.kind === 'judge') return null;
    if (round === 0) await meanwhile();
    const at = now();
    const outcome =
      decision.kind === 'refuse'
        ? await refusePhoneChange({ ...step, decision, at })
        : await takeNewPhone({ ...step, decision, at });
    if (outcome !== null) return outcome;
  }
}
