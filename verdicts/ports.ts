import type { Carriers } from '../carriers/carriers.ts';
import type { CarrierCalls } from '../carriers/gateway.ts';
import type { Registry } from '../carriers/registry.ts';
import type { NumberKey } from '../domain/ids.ts';
import type { Instant } from '../domain/instant.ts';
import type { Store } from '../store/store.ts';

/** What a question to a carrier is asked for; metrics and evidence count lookups by it. */
export type LookupFor =
  | 'login'
  | 'reset-password'
  | 'registration'
  | 'phone-change'
  | 'claim-tenancy'
  | 'identity'
  | 'holder';

/** What verdicts stand on. */
export interface VerdictTools {
  readonly store: Store;
  readonly carriers: Carriers;
  readonly registry: Registry;
  readonly now: () => Instant;
  /** Hears of each question that went to a carrier. Must not throw. */
  readonly onLookup?: (seen: { lookupFor: LookupFor; call: keyof CarrierCalls }) => void;
}

/** Has the life of a number look again. May be called again and again; rejects where the workflow server is away. */
export type WakeNumber = (call: { numberKey: NumberKey; correlator: string }) => Promise<void>;
