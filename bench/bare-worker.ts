import { fileURLToPath } from 'node:url';
import type { Client } from '@temporalio/client';
import { type InjectedSinks, NativeConnection, Worker } from '@temporalio/worker';
import pLimit from 'p-limit';
import type { BareActivities, BareSinks } from './bare/workflows.ts';
import { quietRuntime } from './quiet-runtime.ts';

const workflowsPath = fileURLToPath(new URL('./bare/workflows.ts', import.meta.url));

/** The task queue of the bare worker. */
export const sleepersQueue = 'sleepers';

/** As many calls at once as Linekeeper's own fan-out makes. */
const callsAtOnce = 20;

/** A worker in the bench's own process that does nothing but wake sleepers. */
export interface BareWorker {
  /** Fulfilled when so many sleepers have run since the worker's start. */
  untilAwake(count: number): Promise<void>;
  stop(): Promise<void>;
}

/** Starts a bare worker: no encryption, no store, no metrics. */
export async function startBareWorker(client: Client, address: string): Promise<BareWorker> {
  quietRuntime();
  let awake = 0;
  let waiting: { count: number; resolve: () => void } | undefined;
  const sinks: InjectedSinks<BareSinks> = {
    sleepers: {
      awake: {
        fn: () => {
          awake += 1;
          if (waiting && awake >= waiting.count) waiting.resolve();
        },
      },
    },
  };
  const limit = pLimit(callsAtOnce);
  const activities: BareActivities = {
    wakeAll: async (ids) => {
      await limit.map(ids, (workflowId) =>
        client.workflow.signalWithStart('sleeper', { workflowId, taskQueue: sleepersQueue, signal: 'wake' }),
      );
    },
  };
  const connection = await NativeConnection.connect({ address });
  const worker = await Worker.create({
    connection,
    workflowsPath,
    taskQueue: sleepersQueue,
    activities: { ...activities },
    sinks,
  });
  const running = worker.run();
  return {
    untilAwake: (count) => {
      const { promise, resolve } = Promise.withResolvers<void>();
      waiting = { count, resolve };
      if (awake >= count) resolve();
      return promise;
    },
    async stop() {
      worker.shutdown();
      await running;
      await connection.close();
    },
  };
}
