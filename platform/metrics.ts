import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';

/**
 * What a process measures, ready for Prometheus. Labels are names from code and configuration (route templates,
 * province and system ids, outcomes), never anything a caller sent: no person can be read from them, and they stay few.
 */
export interface Metrics {
  /** Holds them all: `registry.metrics()` is the answer of `GET /metrics`, `registry.contentType` its type. */
  registry: Registry;
  /** Seconds from a request's arrival to its answer. `route` is the template (`/v1/users/{id}`), `status` the HTTP status. */
  httpRequestSeconds: Histogram<'route' | 'method' | 'status'>;
  /** Events that provinces sent, by what became of them (`accepted`, `repeated`, `refused`, …). */
  carrierEvents: Counter<'province' | 'system' | 'type' | 'outcome'>;
  /** Calls of provinces whose signature didn't verify. Only configured provinces and systems may be named. */
  signatureFailures: Counter<'province' | 'system'>;
  /** Attempts to hand a message to the SMS provider, by what came of it (`taken`, `refused`, `failed`). */
  smsMessages: Counter<'outcome'>;
  /** Seconds that one attempt of an activity took, by its name and outcome (`done`, `failed`). */
  activitySeconds: Histogram<'activity' | 'outcome'>;
  /** Seconds that one call of a province system took, by the kind of question and its outcome. */
  carrierCallSeconds: Histogram<'province' | 'system' | 'kind' | 'outcome'>;
  /** Questions that went to carriers, by what was to be decided (`login`, `registration`, …) and the kind of question. */
  carrierLookups: Counter<'decision' | 'call'>;
  /** The circuit breaker of each province system, one of `breakerStates`. */
  breakerState: Gauge<'province' | 'system'>;
}

/** What `breakerState` shows: calls pass, one is let through to try, none pass. */
export const breakerStates = { closed: 0, 'half-open': 1, open: 2 } as const;

/** Fine up to the 2 s within which the API answers or says 202, coarse up to the longest poll. */
const HTTP_SECONDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2, 5, 20];
/** From a write to the store up to activities that wait for a province's retries. */
const ACTIVITY_SECONDS = [0.005, 0.025, 0.1, 0.5, 1, 2, 5, 15, 60];
/** Fine around the usual time-out of a province, 2 s. */
const CARRIER_SECONDS = [0.01, 0.05, 0.1, 0.25, 0.5, 1, 1.5, 2, 5, 10];

/** Makes a process's metrics in a registry of their own, with Node's (memory, event loop, …) and `service` on each. */
export function createMetrics(service: string): Metrics {
  const registry = new Registry();
  registry.setDefaultLabels({ service });
  collectDefaultMetrics({ register: registry });
  const registers = [registry];
  return {
    registry,
    httpRequestSeconds: new Histogram({
      name: 'linekeeper_http_request_seconds',
      help: 'Time from request to answer, by route template, method and status',
      labelNames: ['route', 'method', 'status'],
      buckets: HTTP_SECONDS,
      registers,
    }),
    carrierEvents: new Counter({
      name: 'linekeeper_carrier_events_total',
      help: 'Events received from provinces, by type and outcome',
      labelNames: ['province', 'system', 'type', 'outcome'],
      registers,
    }),
    signatureFailures: new Counter({
      name: 'linekeeper_signature_failures_total',
      help: 'Calls from provinces whose signature did not verify',
      labelNames: ['province', 'system'],
      registers,
    }),
    smsMessages: new Counter({
      name: 'linekeeper_sms_messages_total',
      help: 'Attempts to hand a message to the SMS provider, by outcome',
      labelNames: ['outcome'],
      registers,
    }),
    activitySeconds: new Histogram({
      name: 'linekeeper_activity_seconds',
      help: 'Time of one attempt of an activity, by name and outcome',
      labelNames: ['activity', 'outcome'],
      buckets: ACTIVITY_SECONDS,
      registers,
    }),
    carrierCallSeconds: new Histogram({
      name: 'linekeeper_carrier_call_seconds',
      help: 'Time of one call of a province system, by kind and outcome',
      labelNames: ['province', 'system', 'kind', 'outcome'],
      buckets: CARRIER_SECONDS,
      registers,
    }),
    carrierLookups: new Counter({
      name: 'linekeeper_carrier_lookups_total',
      help: 'Questions that went to carriers, by what was to be decided and the kind of question',
      labelNames: ['decision', 'call'],
      registers,
    }),
    breakerState: new Gauge({
      name: 'linekeeper_breaker_state',
      help: 'Circuit breaker of a province system: 0 closed, 1 half-open, 2 open',
      labelNames: ['province', 'system'],
      registers,
    }),
  };
}
