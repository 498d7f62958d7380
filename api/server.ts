import { createServer, type RequestListener, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { DurationMs } from '../domain/instant.ts';

/** Headers come in one or two packets: whoever takes longer holds connections on purpose. */
const headersTimeout: DurationMs = 10_000;

/**
 * The longest request is an import that is read as fast as it is taken in. Bodies that are read whole have a shorter
 * time of their own (`middleware/body.ts`), and a stream that falls silent is cut.
 */
const requestTimeout: DurationMs = 2 * 60 * 60_000;

/** Longer than the 60 s of usual load balancers, so that they close idle connections and never use one we just closed. */
const keepAliveTimeout: DurationMs = 65_000;

/** Ours are few; more than this is an attack on the parser. */
const maxHeaderSize = 16 * 1024;

/** A server that listens, and its end. */
export interface ListeningServer {
  readonly server: Server;
  /** `http://host:port` */
  readonly url: string;
  /**
   * Takes no new connection and no new request, waits for the answers to those that it has, at most for the grace,
   * and closes. True when all were answered.
   */
  stop(grace: DurationMs): Promise<boolean>;
}

/** Listens for requests. Port 0 takes a free one. */
export async function listen({
  app,
  host,
  port,
}: {
  app: RequestListener;
  host: string;
  port: number;
}): Promise<ListeningServer> {
  let isStopping = false;
  const open = new Set<ServerResponse>();
  const server = createServer(
    { headersTimeout, requestTimeout, keepAliveTimeout, maxHeaderSize },
    (request, response) => {
      open.add(response);
      response.once('close', () => {
        open.delete(response);
        // Its connection is idle a moment later, and would be kept for its time.
        if (isStopping) setImmediate(() => server.closeIdleConnections());
      });
      if (isStopping) sayGoodbye(response);
      app(request, response);
    },
  );
  const { promise: listening, resolve, reject } = Promise.withResolvers<void>();
  server.once('error', reject);
  server.listen(port, host, resolve);
  await listening;
  server.off('error', reject);

  return {
    server,
    url: `http://${host.includes(':') ? `[${host}]` : host}:${portOf(server.address())}`,
    async stop(grace) {
      isStopping = true;
      open.forEach(sayGoodbye);
      const { promise: closed, resolve: close } = Promise.withResolvers<boolean>();
      server.close(() => close(true));
      server.closeIdleConnections();
      const timer = setTimeout(() => {
        close(false);
        server.closeAllConnections();
      }, grace);
      const finished = await closed;
      clearTimeout(timer);
      return finished;
    },
  };
}

/** Whoever would send its next request on this connection opens another one, and finds another process. */
function sayGoodbye(response: ServerResponse): void {
  if (!response.headersSent) response.setHeader('connection', 'close');
}

function portOf(address: AddressInfo | string | null): number {
  if (typeof address !== 'object' || address === null) throw new Error('The server listens on no port');
  return address.port;
}
