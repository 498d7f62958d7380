import type { DataConverter } from '@temporalio/common';
import {
  type ActivityInterceptorsFactory,
  type NativeConnection,
  Worker,
  type WorkflowBundleOption,
} from '@temporalio/worker';
import {
  type ActivityDependencies,
  createActivities,
  createCarrierActivities,
} from '../activities/activities.ts';
import type { DurationMs } from '../domain/instant.ts';
import type { Metrics } from '../platform/metrics.ts';
import { carrierTaskQueue, mainTaskQueue } from '../workflows/task-queues.ts';
import { observeActivities } from './interceptors.ts';

/**
 * A sleeping number costs nothing once it has left the cache, and its history of some ten events is read again in
 * milliseconds: a hundred are enough for those that are being worked on.
 */
const defaultCachedWorkflows = 100;
/** Steps on our own queue wait for the store most of the time; it has 50 connections to share. */
const stepsAtOnce = 40;
/** A province system answers a few calls at a time; one long poll is enough to keep them coming. */
const carrierPolls = 1;

/** What workers are made from. */
export interface WorkersOptions {
  readonly connection: NativeConnection;
  readonly namespace: string;
  readonly dataConverter: DataConverter;
  readonly workflowBundle: WorkflowBundleOption;
  readonly dependencies: ActivityDependencies;
  readonly metrics: Metrics;
  readonly maxCachedWorkflows?: number | undefined;
  /** How long a stopping worker lets its steps finish. */
  readonly shutdownGrace: DurationMs;
  /** What stands around each step, within our own. */
  readonly interceptors?: readonly ActivityInterceptorsFactory[];
}

/** The workers of one process: one for our own queue, one for each province system. */
export async function createWorkers(options: WorkersOptions): Promise<Worker[]> {
  const { connection, namespace, dataConverter, dependencies, metrics, shutdownGrace } = options;
  const common = {
    connection,
    namespace,
    dataConverter,
    shutdownGraceTime: shutdownGrace,
    interceptors: { activity: [observeActivities(metrics), ...(options.interceptors ?? [])] },
  };
  const main = await Worker.create({
    ...common,
    taskQueue: mainTaskQueue,
    workflowBundle: options.workflowBundle,
    activities: createActivities(dependencies),
    maxCachedWorkflows: options.maxCachedWorkflows ?? defaultCachedWorkflows,
    maxConcurrentActivityTaskExecutions: stepsAtOnce,
    maxConcurrentLocalActivityExecutions: stepsAtOnce,
  });
  const carrierActivities = createCarrierActivities(dependencies);
  const carriers = dependencies.registry.provinces.flatMap((province) =>
    province.systems.map(({ id, connection: way }) =>
      Worker.create({
        ...common,
        taskQueue: carrierTaskQueue({ province: province.id, system: id }),
        activities: carrierActivities,
        // The gateway's token bucket is the hard limit; this keeps tasks waiting in Temporal rather than here. A system
        // that only reports is "asked" too: its gateway answers that it can't be.
        ...(way === null
          ? {}
          : {
              maxTaskQueueActivitiesPerSecond: way.rateLimit.perSecond,
              maxConcurrentActivityTaskExecutions: way.rateLimit.burst,
            }),
        maxConcurrentActivityTaskPolls: carrierPolls,
      }),
    ),
  );
  return [main, ...(await Promise.all(carriers))];
}
