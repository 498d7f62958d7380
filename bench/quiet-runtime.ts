import { DefaultLogger, Runtime } from '@temporalio/worker';

let installed = false;

/** Has workers in the bench's own process say nothing but errors; a process can say so once. */
export function quietRuntime(): void {
  if (!installed) Runtime.install({ logger: new DefaultLogger('ERROR') });
  installed = true;
}
