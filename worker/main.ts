import { runWorker } from './run.ts';

/** The worker process. */
await runWorker();
