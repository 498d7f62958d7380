import type { Registry } from '../carriers/registry.ts';
import type { Routing } from '../carriers/routing.ts';
import type { Instant } from '../domain/instant.ts';
import type { NumberHasher } from '../platform/hashing.ts';
import type { Logger } from '../platform/logger.ts';
import type { Metrics } from '../platform/metrics.ts';
import type { Passwords } from '../platform/passwords.ts';
import type { Store } from '../store/store.ts';
import type { Workflows } from './workflows.ts';

/** Everything that the API stands on. `api/main.ts` makes it for the process, tests make their own. */
export interface ApiDependencies {
  readonly store: Store;
  readonly workflows: Workflows;
  readonly registry: Registry;
  readonly routing: Routing;
  readonly hasher: NumberHasher;
  readonly passwords: Passwords;
  readonly metrics: Metrics;
  readonly logger: Logger;
  readonly tokens: { readonly issuer: string; readonly audience: string };
  readonly now: () => Instant;
}
