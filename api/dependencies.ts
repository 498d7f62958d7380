import type { Carriers } from '../carriers/carriers.ts';
import type { Registry } from '../carriers/registry.ts';
import type { Routing } from '../carriers/routing.ts';
import type { DurationMs, Instant } from '../domain/instant.ts';
import type { NumberHasher } from '../platform/hashing.ts';
import type { Logger } from '../platform/logger.ts';
import type { Metrics } from '../platform/metrics.ts';
import type { Passwords } from '../platform/passwords.ts';
import type { SmsPort } from '../ports/sms.ts';
import type { Store } from '../store/store.ts';
import type { Aside } from './aside.ts';
import type { CodeLimits } from './code-limits.ts';
import type { Workflows } from './workflows.ts';

/** Everything that the API stands on. `api/main.ts` makes it for the process, tests make their own. */
export interface ApiDependencies {
  readonly store: Store;
  readonly workflows: Workflows;
  readonly carriers: Carriers;
  readonly registry: Registry;
  readonly routing: Routing;
  readonly hasher: NumberHasher;
  readonly passwords: Passwords;
  readonly sms: SmsPort;
  /** Work that goes on beside answers. */
  readonly aside: Aside;
  readonly codeLimits: CodeLimits;
  /** How long a login holds, and how many wrong passwords may come from one address in 15 minutes. */
  readonly logins: { readonly sessionLifetime: DurationMs; readonly failuresPerAddress: number };
  /** Addresses and networks whose `X-Forwarded-For` is believed, in the words of Express' `trust proxy`. */
  readonly trustedProxies: readonly string[];
  readonly metrics: Metrics;
  readonly logger: Logger;
  readonly tokens: { readonly issuer: string; readonly audience: string };
  readonly now: () => Instant;
}
