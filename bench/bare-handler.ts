import { fileURLToPath } from 'node:url';
import { freePort } from '../dev/servers/free-port.ts';
import { startOwnProcess } from '../dev/stack/own-process.ts';
import type { AckServer } from './acknowledging.ts';
import type { Bed } from './bed.ts';

const program = fileURLToPath(new URL('./bare/ack-server.ts', import.meta.url));

/** Starts the bare handler beside a stack, on the stack's Temporal server. */
export async function startBareHandler({
  stack,
  folder,
  feed,
}: Bed): Promise<AckServer & { stop: () => Promise<void> }> {
  const port = await freePort();
  const metricsUrl = `http://127.0.0.1:${port}/metrics`;
  const { stop } = await startOwnProcess({
    name: 'the bare handler',
    file: program,
    env: {
      ...process.env,
      NODE_ENV: 'production',
      BENCH_PORT: String(port),
      BENCH_TEMPORAL_ADDRESS: stack.endpoints.temporal,
      BENCH_WEBHOOK_SECRET: feed.secret,
    },
    logFile: folder.logOf('bare-handler'),
    healthUrl: metricsUrl,
  });
  return { url: `http://127.0.0.1:${port}/events`, metricsUrl, stop };
}
