import type { DurationMs } from '../domain/instant.ts';
import type { CallContext, DialectClient } from './dialects/dialect.ts';
import { dialects } from './dialects/table.ts';
import {
  type CarrierAnswer,
  type CarrierCalls,
  type CarrierGateway,
  CarrierUnavailable,
  type Home,
  type UnavailableReason,
} from './gateway.ts';
import { type BreakerState, createProtection } from './protection.ts';
import type { CarrierSystem, Province } from './province.ts';
import type { Registry } from './registry.ts';

/** What a call came to: an answer of some kind, or why there was none. */
export type CallOutcome = CarrierAnswer<unknown>['kind'] | UnavailableReason;

/**
 * Hears of everything that goes to the carriers, for metrics. Its methods must not throw. A question that the registry
 * already answers with `no-capability` goes nowhere and isn't heard of.
 */
export type CarrierObserver = {
  /** One question, with the wait for its turn. The count of these is the count of lookups by kind. */
  call(seen: { home: Home; call: keyof CarrierCalls; outcome: CallOutcome; durationMs: DurationMs }): void;
  /** The breaker of a system: at the start, and at each change. */
  breaker(seen: { home: Home; state: BreakerState }): void;
};

/** The way to every system of the registry. */
export type Carriers = {
  /** The gateway of a system. Throws `UnknownSystem` for one that the registry doesn't have. */
  gatewayOf(home: Home): CarrierGateway;
};

/** The registry has no such system. */
export class UnknownSystem extends Error {
  override readonly name = 'UnknownSystem';

  constructor({ province, system }: Home) {
    super(`The registry has no system ${province}/${system}`);
  }
}

/**
 * Makes the gateways of all systems of the registry. `correlator` gives the `x-correlator` of the request that a call
 * serves, if it has one. Nothing is sent before the first question.
 */
export function createCarriers({
  registry,
  observe,
  correlator = () => undefined,
}: {
  registry: Registry;
  observe: CarrierObserver;
  correlator?: () => string | undefined;
}): Carriers {
  const gateways = new Map<string, CarrierGateway>();
  for (const province of registry.provinces) {
    for (const system of province.systems) {
      const home: Home = { province: province.id, system: system.id };
      gateways.set(keyOf(home), createGateway({ home, province, system, observe, correlator }));
    }
  }
  return {
    gatewayOf: (home) => {
      const gateway = gateways.get(keyOf(home));
      if (!gateway) {
        throw new UnknownSystem(home);
      }
      return gateway;
    },
  };
}

/** Ids hold no slash. */
function keyOf({ province, system }: Home): string {
  return `${province}/${system}`;
}

const noCapability: CarrierAnswer<never> = { kind: 'no-capability' };

function createGateway(parts: {
  home: Home;
  province: Province;
  system: CarrierSystem;
  observe: CarrierObserver;
  correlator: () => string | undefined;
}): CarrierGateway {
  const { home, province, system, observe, correlator } = parts;
  const { capabilities, connection } = system;
  const dialect = connection === null ? undefined : dialects[connection.dialect];
  if (connection === null || dialect === undefined || system.kind === 'broadband') {
    const never = async () => noCapability;
    return { home, capabilities, queryLine: never, recycledSince: never, match: never };
  }

  const client: DialectClient = dialect({ home, timeZone: province.timeZone, capabilities, connection });
  const protection = createProtection({
    home,
    connection,
    onBreaker: (state) => observe.breaker({ home, state }),
  });
  observe.breaker({ home, state: 'closed' });

  const ask = async <T>(
    call: keyof CarrierCalls,
    put: (context: CallContext) => Promise<CarrierAnswer<T>>,
  ): Promise<CarrierAnswer<T>> => {
    const startedAt = performance.now();
    const seen = (outcome: CallOutcome) =>
      observe.call({ home, call, outcome, durationMs: performance.now() - startedAt });
    try {
      const answer = await protection.run((signal) => put({ signal, correlator: correlator() }));
      seen(answer.kind);
      return answer;
    } catch (error) {
      seen(error instanceof CarrierUnavailable ? error.reason : 'dialect-failed');
      throw error;
    }
  };

  return {
    home,
    capabilities,
    queryLine: (query) => ask('queryLine', (context) => client.queryLine(query, context)),
    recycledSince: async (query) =>
      capabilities.recycledSince
        ? ask('recycledSince', (context) => client.recycledSince(query, context))
        : noCapability,
    match: async (query) =>
      capabilities.match ? ask('match', (context) => client.match(query, context)) : noCapability,
  };
}
