import type { ActivityInterceptorsFactory } from '@temporalio/worker';
import { runWorker } from '../../worker/run.ts';
import { inStep, reach, watchWrites } from './deaths.ts';

/** The steps that each workflow has come to: one that is tried again is the same. */
const steps = new Map<string, string[]>();

/** How many steps of its kind its workflow came to up to this one. */
function countOf({ workflow, activityId }: { workflow: string; activityId: string }): number {
  const known = steps.get(workflow) ?? [];
  if (!known.includes(activityId)) known.push(activityId);
  steps.set(workflow, known);
  return known.indexOf(activityId) + 1;
}

/** Before a step, at each of its writes, and after it, when nobody has heard of its end. */
const die: ActivityInterceptorsFactory = ({ info }) => ({
  inbound: {
    async execute(input, next) {
      const { activityType, activityId, workflowType, workflowExecution } = info;
      const about = `${workflowExecution?.workflowId} ${JSON.stringify(input.args)}`;
      const workflow = `${workflowExecution?.workflowId} ${activityType}`;
      const step = `${workflowType}/${activityType} ${countOf({ workflow, activityId })}`;
      await reach(about, `before ${step}`);
      const result = await inStep({ about, step: `${step}: ` }, () => next(input));
      await reach(about, `after ${step}`);
      return result;
    },
  },
});

/** The worker as it is, but that it dies at points of its steps. */
watchWrites();
await runWorker({ interceptors: [die] });
