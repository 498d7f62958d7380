import type { ActivityInterceptorsFactory } from '@temporalio/worker';
import { newCorrelator, runWithCorrelator } from '../platform/correlator.ts';
import type { Metrics } from '../platform/metrics.ts';

const correlatorOf = (args: unknown[]): string => {
  const [input] = args;
  return typeof input === 'object' &&
    input !== null &&
    'correlator' in input &&
    typeof input.correlator === 'string'
    ? input.correlator
    : newCorrelator();
};

/** Runs each step under the correlator of what led to it, and measures it. */
export const observeActivities =
  (metrics: Metrics): ActivityInterceptorsFactory =>
  (context) => ({
    inbound: {
      async execute(input, next) {
        const stop = metrics.activitySeconds.startTimer({ activity: context.info.activityType });
        try {
          const result = await runWithCorrelator(correlatorOf(input.args), () => next(input));
          stop({ outcome: 'done' });
          return result;
        } catch (error) {
          stop({ outcome: 'failed' });
          throw error;
        }
      },
    },
  });
