import proto from '@temporalio/proto';
import type { Inside } from './inside.ts';

const { ListWorkflowExecutionsRequest } = proto.temporal.api.workflowservice.v1;

/** What runs whether or not anybody does anything. */
const always = 'sweep';

/**
 * The steps of every workflow that began after an instant, as its history holds them: `workflow/step`, one for each time
 * that it was taken. Local ones stand in markers of the SDK.
 */
export async function stepsInHistories({ client }: Inside, after: Date): Promise<string[]> {
  const { executions } = await client.workflowService.listWorkflowExecutions(
    ListWorkflowExecutionsRequest.create({
      namespace: 'default',
      query: `WorkflowType != "${always}" AND StartTime > "${after.toISOString()}"`,
    }),
  );
  const steps: string[] = [];
  for (const { execution, type } of executions) {
    const { workflowId = '', runId } = execution ?? {};
    const { events } = await client.workflow.getHandle(workflowId ?? '', runId ?? undefined).fetchHistory();
    for (const event of events ?? []) {
      const scheduled = event.activityTaskScheduledEventAttributes?.activityType?.name;
      const marker = event.markerRecordedEventAttributes;
      const data = marker?.markerName === 'core_local_activity' && marker.details?.data?.payloads?.[0]?.data;
      if (scheduled) steps.push(`${type?.name}/${scheduled}`);
      if (data) steps.push(`${type?.name}/${localStep(data)}`);
    }
  }
  return steps;
}

function localStep(data: Uint8Array): string {
  const { activity_type: step }: { activity_type: string } = JSON.parse(Buffer.from(data).toString());
  return step;
}
