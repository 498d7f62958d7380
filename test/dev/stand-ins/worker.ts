import { serveHealth } from './health-server.ts';

serveHealth(process.env.LINEKEEPER_WORKER_PORT);
