import { keptStore } from './test-store.ts';

/** After the last test: the run's store goes. */
export default async function globalTeardown(): Promise<void> {
  await keptStore()?.stop();
}
