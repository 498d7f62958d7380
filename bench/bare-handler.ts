import { fileURLToPath } from 'node:url';
import { startBareServer } from './bare-server.ts';
import type { Bed } from './bed.ts';
import type { CalledServer } from './called-server.ts';

const program = fileURLToPath(new URL('./bare/ack-server.ts', import.meta.url));

/** Starts the bare handler beside a stack, on the stack's Temporal server. */
export async function startBareHandler(bed: Bed): Promise<CalledServer & { stop: () => Promise<void> }> {
  const { url, ...server } = await startBareServer(bed, {
    name: 'bare handler',
    program,
    env: {
      BENCH_TEMPORAL_ADDRESS: bed.stack.endpoints.temporal,
      BENCH_WEBHOOK_SECRET: bed.feed.secret,
    },
  });
  return { ...server, url: `${url}/events` };
}
