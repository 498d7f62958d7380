import {
  ActivityFailure,
  condition,
  continueAsNew,
  defineQuery,
  defineSignal,
  proxyActivities,
  proxyLocalActivities,
  setHandler,
  workflowInfo,
} from '@temporalio/workflow';
import type { createEffectActivities } from '../../activities/number/effects.ts';
import type { createLifeActivities, LifeReport } from '../../activities/number/life.ts';
import type {
  createSamePersonActivities,
  createUnansweredActivities,
} from '../../activities/number/same-person.ts';
import type { Duty } from '../../domain/number/plan.ts';
import { carrierTaskQueue } from '../task-queues.ts';
import {
  historyChangedSignal,
  type NumberLifeInput,
  type NumberLifeView,
  numberLifeQuery,
} from './contract.ts';

/** The number's history or claim changed: look again. */
export const historyChanged = defineSignal<[{ correlator: string }]>(historyChangedSignal);
/** What the workflow knows and waits for. */
export const life = defineQuery<NumberLifeView>(numberLifeQuery);

const ours = proxyLocalActivities<
  ReturnType<typeof createLifeActivities> &
    ReturnType<typeof createEffectActivities> &
    ReturnType<typeof createUnansweredActivities>
>({
  // Each is a handful of writes by `_id`. A life doesn't fail: it goes on when the store is back, however long that takes.
  // Longer than the store's own time-out, so that an attempt is over before the next one begins.
  startToCloseTimeout: '30 s',
  retry: { initialInterval: '200 ms', backoffCoefficient: 2, maximumInterval: '10 s' },
});

/** A carrier that nobody asks in this time (no worker on its queue) counts as one that gave no answer. */
const carrierPatience = '10 minutes';
/** A life that sleeps well takes some thirty events; one with a troubled carrier starts a fresh history in time. */
const longHistory = 1_000;
/** How many of its doings a run tells when asked; all of them are on the number's timeline. */
const doingsTold = 20;

/**
 * The life of one number while somebody's claim hangs on it. The facts are in the store: each round reads them, does
 * what they ask for, and sleeps until the next instant that matters or until something is reported. It ends when
 * nothing is left to do, and is started again under its id when something is.
 */
export async function numberLife({ numberKey, correlator: startedBy }: NumberLifeInput): Promise<void> {
  let correlator = startedBy;
  let unseen = false;
  let view: NumberLifeView = { state: 'unknown', freezeEndsAt: null, nextAt: null, done: [] };
  setHandler(historyChanged, (news) => {
    unseen = true;
    correlator = news.correlator;
  });
  setHandler(life, () => view);

  for (;;) {
    unseen = false;
    const report = await ours.readLife({ numberKey, now: Date.now() });
    if (report === null) return;
    const { nextAt } = report;
    view = { ...view, state: report.state, freezeEndsAt: report.freezeEndsAt, nextAt };

    for (const duty of report.duties) {
      await carryOut({ duty, report, numberKey, correlator });
      // What the carrier answered is a fact like any other: it is in the store now.
      if (duty.kind === 'ask-same-person') unseen = true;
      view = { ...view, done: [...view.done, { at: Date.now(), what: duty.kind }].slice(-doingsTold) };
    }

    if (workflowInfo().historyLength > longHistory)
      await continueAsNew<typeof numberLife>({ numberKey, correlator });
    if (unseen) continue;
    if (nextAt === null) return;
    await condition(() => unseen, Math.max(nextAt - Date.now(), 1));
  }
}

/** Does one thing that the life asks for. */
async function carryOut({
  duty,
  report,
  numberKey,
  correlator,
}: {
  duty: Duty;
  report: LifeReport;
  numberKey: NumberLifeInput['numberKey'];
  correlator: string;
}): Promise<void> {
  const step = { numberKey, at: Date.now(), attendBy: report.nextAt, correlator };
  switch (duty.kind) {
    case 'suspend-claim':
      return ours.suspendClaim({ ...step, duty });
    case 'restore-claim':
      return ours.restoreClaim({ ...step, duty });
    case 'release-claim':
      return ours.releaseClaim({ ...step, duty });
    case 'give-back-claim':
      return ours.giveBackClaim({ ...step, duty });
    case 'open-case':
      return ours.openSupportCase({ ...step, duty });
    case 'ask-same-person': {
      const question = { numberKey, duty, home: report.home, at: Date.now(), correlator };
      try {
        return await carrierOf(report.home).askSamePerson(question);
      } catch (error) {
        if (!(error instanceof ActivityFailure)) throw error;
        return ours.noteUnanswered({ ...question, at: Date.now() });
      }
    }
  }
}

/** The steps that ask one province system: on its own queue, so that a slow one delays nobody else. */
const carrierOf = (home: LifeReport['home']) =>
  proxyActivities<ReturnType<typeof createSamePersonActivities>>({
    taskQueue: carrierTaskQueue(home),
    // The registry's call time-out (seconds) and the wait for a turn within the rate limit.
    startToCloseTimeout: '1 minute',
    scheduleToCloseTimeout: carrierPatience,
    retry: { initialInterval: '1 s', backoffCoefficient: 2, maximumInterval: '1 minute' },
  });
