import {
  type Client,
  ScheduleAlreadyRunning,
  type ScheduleOptions,
  ScheduleOverlapPolicy,
} from '@temporalio/client';
import type { DurationMs } from '../domain/instant.ts';
import { sweepScheduleId, sweepWorkflow } from '../workflows/sweep/contract.ts';
import { mainTaskQueue } from '../workflows/task-queues.ts';

/** Makes, or brings up to date, the schedule of the sweep. Several workers may do so at once. */
export async function ensureSweepSchedule(client: Client, every: DurationMs): Promise<void> {
  const schedule: ScheduleOptions = {
    scheduleId: sweepScheduleId,
    spec: { intervals: [{ every }] },
    action: { type: 'startWorkflow', workflowType: sweepWorkflow, taskQueue: mainTaskQueue, args: [] },
    // A sweep looks at what is there now: one at a time is enough, and a missed one is made good by the next.
    policies: { overlap: ScheduleOverlapPolicy.SKIP, catchupWindow: '1 minute' },
  };
  try {
    await client.schedule.create(schedule);
  } catch (error) {
    if (!(error instanceof ScheduleAlreadyRunning)) throw error;
    const { scheduleId: _, ...rest } = schedule;
    await client.schedule.getHandle(sweepScheduleId).update((before) => ({ ...before, ...rest }));
  }
}
