import { z } from 'zod';
import type { DurationMs } from '../../domain/instant.ts';
import type { ApiDependencies } from '../dependencies.ts';
import { type Route, route } from '../route.ts';

/** Whoever asks whether we are ready asks every few seconds, and waits no longer than this. */
const checkWithin: DurationMs = 2_000;

const tag = 'Operations';
const access = { kind: 'public' } as const;

const readySchema = z
  .strictObject({
    status: z.enum(['ok', 'not-ready']),
    checks: z.strictObject({
      store: z.boolean(),
      temporal: z.boolean(),
      pollers: z.boolean().meta({ description: 'Whether a worker polls the main task queue' }),
    }),
  })
  .meta({ id: 'Readiness' });

/** What those ask who run it. The way to these paths is closed to callers by the proxy in front. */
export function operationRoutes({
  store,
  workflows,
  metrics,
  document,
}: Pick<ApiDependencies, 'store' | 'workflows' | 'metrics'> & {
  /** The OpenAPI document of all routes. */
  document: () => unknown;
}): Route[] {
  return [
    route({
      method: 'get',
      path: '/health/live',
      id: 'isLive',
      tag,
      summary: 'Whether the process runs',
      access,
      responses: { 200: { description: 'It runs', schema: z.strictObject({ status: z.literal('ok') }) } },
    }).handle(async () => ({ status: 200, body: { status: 'ok' } })),
    route({
      method: 'get',
      path: '/health/ready',
      id: 'isReady',
      tag,
      summary: 'Whether it can work: store, workflow server, workers',
      access,
      responses: {
        200: { description: 'It can', schema: readySchema },
        503: { description: 'It cannot; `checks` says for lack of what', schema: readySchema },
      },
    }).handle(async () => {
      const [storeAnswers, pollers] = await Promise.all([
        answers(() => store.ping()),
        // Whether anybody polls is asked of Temporal, so its silence shows here too.
        workflows.hasPollers().catch(() => null),
      ]);
      const checks = { store: storeAnswers, temporal: pollers !== null, pollers: pollers === true };
      return checks.store && checks.temporal && checks.pollers
        ? { status: 200, body: { status: 'ok', checks } }
        : { status: 503, body: { status: 'not-ready', checks } };
    }),
    route({
      method: 'get',
      path: '/metrics',
      id: 'getMetrics',
      tag,
      summary: 'What is measured, for Prometheus',
      access,
      responses: { 200: { description: 'Metrics', mediaType: metrics.registry.contentType } },
    }).handle(async () => ({ status: 200, body: await metrics.registry.metrics() })),
    route({
      method: 'get',
      path: '/openapi.json',
      id: 'getOpenApi',
      tag,
      summary: 'This document',
      access,
      responses: { 200: { description: 'OpenAPI 3.1', schema: z.looseObject({ openapi: z.string() }) } },
    }).handle(async () => ({ status: 200, body: document() as { openapi: string } })),
  ];
}

/** Whether something answers in time. */
async function answers(ask: () => Promise<unknown>): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>();
  const timer = setTimeout(() => resolve(false), checkWithin);
  ask().then(
    () => resolve(true),
    () => resolve(false),
  );
  return promise.finally(() => clearTimeout(timer));
}
