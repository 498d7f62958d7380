import type { RequestHandler } from 'express';
import type { Logger } from '../../platform/logger.ts';
import type { Metrics } from '../../platform/metrics.ts';

/** The label of requests that no route took. */
const unmatched = 'unmatched';

/** Names the route that took a request, by its template: what callers wrote into the path stays out of logs and metrics. */
export function nameRoute(locals: Record<string, unknown>, template: string): void {
  locals.route = template;
}

/** Measures each request and logs one line about it when its answer is out, or its caller gone. */
export function measure({
  metrics,
  logger,
}: {
  metrics: Pick<Metrics, 'httpRequestSeconds'>;
  logger: Logger;
}): RequestHandler {
  return (request, response, next) => {
    const startedAt = performance.now();
    response.once('close', () => {
      const named: unknown = response.locals.route;
      const route = typeof named === 'string' ? named : unmatched;
      const seconds = (performance.now() - startedAt) / 1_000;
      // 499 is nginx's word for a caller who left before the answer.
      const status = response.writableFinished ? response.statusCode : 499;
      metrics.httpRequestSeconds.observe({ route, method: request.method, status: String(status) }, seconds);
      logger.info({ route, method: request.method, status, ms: Math.round(seconds * 1_000) }, 'Answered');
    });
    next();
  };
}
