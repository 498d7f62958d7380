import { createServer } from 'node:http';

/** A program of the stack reduced to its health check, for tests of what starts and stops it. */
export function serveHealth(port: string | undefined): void {
  const server = createServer((_request, response) => response.end('ok'));
  server.listen(Number(port), '127.0.0.1');
  process.once('SIGTERM', () => {
    server.close();
    server.closeAllConnections();
  });
}
