import { serveHealth } from './health-server.ts';

serveHealth(process.env.LINEKEEPER_API_PORT);
