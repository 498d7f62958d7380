import { ActivityFailure, proxyActivities, proxyLocalActivities, sleep } from '@temporalio/workflow';
import type { createPhoneRequestActivities } from '../../activities/registration/decide.ts';
import type { NextStep, PhoneDecision } from '../../activities/registration/facts.ts';
import type { createPhoneJudgeActivities } from '../../activities/registration/judge.ts';
import type { DurationMs, Instant } from '../../domain/instant.ts';
import { carrierTaskQueue } from '../task-queues.ts';

const { decidePhoneRequest } = proxyLocalActivities<ReturnType<typeof createPhoneRequestActivities>>({
  // A few reads by `_id`; longer than the store's own time-out. A request doesn't fail: it goes on when the store is back.
  startToCloseTimeout: '30 s',
  retry: { initialInterval: '200 ms', backoffCoefficient: 2, maximumInterval: '10 s' },
});

/** Most troubles of carriers are short, and somebody waits; a system that is down for minutes is asked once a minute. */
const firstWait: DurationMs = 1_000;
const longestWait: DurationMs = 60_000;

/**
 * Comes to a decision on a request for a number: by what is known here, else by a verdict, for which the carrier is
 * asked until it replies or the proven code is too old to wait for. Each round reads the number anew, so that whatever
 * happened to it meanwhile counts.
 */
export async function decisionOn({
  requestId,
  correlator,
}: {
  requestId: string;
  correlator: string;
}): Promise<PhoneDecision> {
  for (let waits = 0; ; waits += 1) {
    let step: NextStep = await decidePhoneRequest({ requestId, now: Date.now() });
    if (step.kind === 'judge') step = await judge({ requestId, correlator, ...step });
    if (step.kind === 'take' || step.kind === 'refuse') return step;
    // The number changed between the two looks: it is looked at again at once.
    if (step.kind === 'judge') continue;
    await sleep(Math.max(1, Math.min(firstWait * 2 ** waits, longestWait, step.until - Date.now())));
  }
}

/** Has the number's own system asked: on its own queue, so that a slow one delays nobody else. */
async function judge({
  home,
  until,
  requestId,
  correlator,
}: {
  home: Extract<NextStep, { kind: 'judge' }>['home'];
  until: Instant;
  requestId: string;
  correlator: string;
}): Promise<NextStep> {
  const { judgePhoneRequest } = proxyActivities<ReturnType<typeof createPhoneJudgeActivities>>({
    taskQueue: carrierTaskQueue(home),
    // Three questions within the registry's time-outs, and the wait for a turn within the rate limit.
    startToCloseTimeout: '1 minute',
    // A queue that nobody works on is like a carrier that doesn't reply.
    scheduleToCloseTimeout: Math.max(1, until - Date.now()),
    retry: { initialInterval: '500 ms', backoffCoefficient: 2, maximumInterval: '30 s' },
  });
  try {
    return await judgePhoneRequest({ requestId, at: Date.now(), correlator });
  } catch (error) {
    if (!(error instanceof ActivityFailure)) throw error;
    return { kind: 'wait', until };
  }
}
