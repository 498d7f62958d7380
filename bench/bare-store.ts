import { fileURLToPath } from 'node:url';
import { type BareServer, startBareServer } from './bare-server.ts';
import type { Bed } from './bed.ts';

const storeProgram = fileURLToPath(new URL('./bare/store-server.ts', import.meta.url));
const gateProgram = fileURLToPath(new URL('./bare/gate-server.ts', import.meta.url));

/** Starts the bare handlers that only use the stack's store. */
export const startBareStore = (bed: Bed): Promise<BareServer> =>
  startBareServer(bed, {
    name: 'bare store handler',
    program: storeProgram,
    env: { BENCH_STORE_URL: bed.stack.endpoints.store },
  });

/** Starts the gate alone, behind a bare handler. */
export const startBareGate = (bed: Bed): Promise<BareServer> =>
  startBareServer(bed, {
    name: 'gate alone',
    program: gateProgram,
    env: {
      BENCH_STORE_URL: bed.stack.endpoints.store,
      BENCH_KEYS_FILE: bed.folder.keys,
      BENCH_REGISTRY_FILE: bed.folder.registry,
    },
  });
