import { currentCorrelator } from '../../platform/correlator.ts';
import { watchWrites, workOf } from './deaths.ts';

/** The API as it is, but that it dies at points of requests, which are told apart by their correlators. */
watchWrites(() => {
  const correlator = currentCorrelator();
  return correlator === undefined ? undefined : workOf(correlator);
});
await import('../../api/main.ts');
