import { createServer, type Server } from 'node:http';
import type { Metrics } from '../platform/metrics.ts';

/** One thing that must work for the worker to be of use. Rejects, or gives false, where it doesn't. */
export type Check = () => Promise<boolean>;

/**
 * The worker's own little server: `/health/live`, `/health/ready` (503 names what isn't), `/metrics`. Plain `node:http`,
 * for three fixed answers need no framework.
 */
export function createHealthServer({
  metrics,
  checks,
}: {
  metrics: Metrics;
  checks: Readonly<Record<string, Check>>;
}): Server {
  const answer = async (
    path: string | undefined,
  ): Promise<{ status: number; type: string; body: string }> => {
    const json = 'application/json';
    switch (path) {
      case '/health/live':
        return { status: 200, type: json, body: JSON.stringify({ status: 'ok' }) };
      case '/health/ready': {
        const results = await Promise.all(
          Object.entries(checks).map(
            async ([name, check]) => [name, await check().catch(() => false)] as const,
          ),
        );
        const ready = results.every(([, works]) => works);
        return {
          status: ready ? 200 : 503,
          type: json,
          body: JSON.stringify({ status: ready ? 'ok' : 'not-ready', checks: Object.fromEntries(results) }),
        };
      }
      case '/metrics':
        return { status: 200, type: metrics.registry.contentType, body: await metrics.registry.metrics() };
      default:
        return { status: 404, type: json, body: JSON.stringify({ status: 'not-found' }) };
    }
  };
  return createServer(async (request, response) => {
    const { status, type, body } = await answer(request.url);
    response.writeHead(status, { 'content-type': type }).end(body);
  });
}
