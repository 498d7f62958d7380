import { randomInt } from 'node:crypto';
import { createServer, type Server } from 'node:net';

/**
 * Ports below those that systems give to outgoing connections (from 32768 on Linux, from 49152 elsewhere): one of
 * those may be somebody's by the time a server listens on it, and starting servers open hundreds.
 */
const FIRST_PORT = 20_000;
const LAST_PORT = 32_767;
// Where so many in a row are taken, something is wrong with the range; then the system may choose.
const TRIES = 20;

/** A TCP port on 127.0.0.1 that was free a moment ago. */
export async function freePort(): Promise<number> {
  const [port] = await freePorts(1);
  if (port === undefined) throw new Error('the system gave no port');
  return port;
}

/** So many different TCP ports on 127.0.0.1 that were free a moment ago. */
export async function freePorts(count: number): Promise<number[]> {
  // All are held until the last is found, so that none is given twice.
  const servers = await Promise.all(Array.from({ length: count }, listenAnywhere));
  const ports = servers.map(portOf);
  await Promise.all(servers.map(close));
  return ports;
}

/** Whether somebody listens on the port on 127.0.0.1 or on all addresses. */
export async function isPortTaken(port: number): Promise<boolean> {
  try {
    await close(await listen(port));
    return false;
  } catch {
    return true;
  }
}

async function listenAnywhere(): Promise<Server> {
  for (let tries = 0; tries < TRIES; tries += 1) {
    const server = await listen(randomInt(FIRST_PORT, LAST_PORT + 1)).catch(() => undefined);
    if (server !== undefined) return server;
  }
  return listen(0);
}

function listen(port: number): Promise<Server> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => resolve(server));
  });
}

function portOf(server: Server): number {
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => server.close(() => resolve()));
}
