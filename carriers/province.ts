import type { Day, DurationMs } from '../domain/instant.ts';
import type { Capabilities } from './gateway.ts';
import type { Secret } from './secret.ts';

/** What a system's lines are. A broadband line has no phone number, so nothing can be asked about one there. */
type SystemKind = 'mobile' | 'fixed' | 'broadband';

/** When a claim whose tenancy was cancelled goes: at once, or when the freeze ends. */
type ReleaseTime = 'at-once' | 'at-freeze-end';

/**
 * What becomes of an identity that a user declares and the carrier of the login phone contradicts: it is refused, or kept
 * as declared (many people use a number in a relative's name).
 */
export type IdentityMismatch = 'refuse' | 'keep';

/** A province as the registry describes it. */
export type Province = {
  readonly id: string;
  readonly name: { readonly zh: string; readonly en: string };
  /** IANA name; every day that this province's systems speak of is a day there. */
  readonly timeZone: string;
  /** How long nobody holds a cancelled number (冻结). */
  readonly freeze: DurationMs;
  /** When claims with (`bound`) and without (`unbound`) a binding are released. */
  readonly release: { readonly bound: ReleaseTime; readonly unbound: ReleaseTime };
  /** How old a carrier's answer may be to let somebody in by it. */
  readonly answerMaxAge: DurationMs;
  readonly identityMismatch: IdentityMismatch;
  readonly trackedSince: Day;
  readonly restartsOnTransfer: boolean;
  readonly systems: readonly CarrierSystem[];
};

/** One system of a province. */
export type CarrierSystem = {
  readonly id: string;
  readonly kind: SystemKind;
  readonly capabilities: Capabilities;
  /** How it is asked; null for a system that only reports. */
  readonly connection: Connection | null;
  /** The keys its reports may be signed with, each as `whsec_…`; two while one replaces the other. */
  readonly webhookSecrets: readonly Secret[];
};

/** How a system is asked, and how much it bears. */
export type Connection = {
  /** The name of its dialect in `dialects/table.ts`. */
  readonly dialect: string;
  /** Without a slash at its end. */
  readonly baseUrl: string;
  readonly tokenUrl: string;
  /** Hosts that may be asked by plain http although they aren't loopback: for trials in a network of their own. */
  readonly plainHttpHosts?: readonly string[];
  readonly credentials: { readonly clientId: string; readonly clientSecret: Secret };
  readonly rateLimit: RateLimit;
  readonly timeouts: { readonly call: DurationMs };
  readonly breaker: BreakerSettings;
};

/** At most `burst` calls at once and `perSecond` in the long run, for each process that asks. */
export type RateLimit = { readonly perSecond: number; readonly burst: number };

/** After `failures` failed calls in a row a system is left alone for `resetAfter`, then tried with one call. */
type BreakerSettings = { readonly failures: number; readonly resetAfter: DurationMs };

/** Which numbers are at home where: those whose E.164 form begins with `prefix`, unless a longer prefix fits. */
export type Segment = { readonly prefix: string; readonly province: string; readonly system: string };
