import { fileURLToPath } from 'node:url';
import { NativeConnection, Worker } from '@temporalio/worker';
import { type BareSteps, stepsQueue } from './bare/workflows.ts';
import { quietRuntime } from './quiet-runtime.ts';

const workflowsPath = fileURLToPath(new URL('./bare/workflows.ts', import.meta.url));

/** The task queue of the workflows. */
export const bareStepsQueue = 'bare-workflows';

/**
 * Starts workers in the bench's own process that run steps which do nothing: no encryption, no store, no metrics. One
 * for the workflows and their local steps, one for the queue that the others are on. Gives what stops them.
 */
export async function startBareSteps(address: string): Promise<() => Promise<void>> {
  quietRuntime();
  const steps: BareSteps = { nothing: async () => undefined };
  const activities = { ...steps };
  const connection = await NativeConnection.connect({ address });
  const workers = await Promise.all([
    Worker.create({ connection, workflowsPath, taskQueue: bareStepsQueue, activities }),
    Worker.create({ connection, taskQueue: stepsQueue, activities }),
  ]);
  const running = workers.map((worker) => worker.run());
  return async () => {
    for (const worker of workers) worker.shutdown();
    await Promise.all(running);
    await connection.close();
  };
}
