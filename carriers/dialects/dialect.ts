import type { CannotSayReason, Capabilities, CarrierAnswer, CarrierCalls, Home } from '../gateway.ts';
import type { Connection } from '../province.ts';

/** What a dialect knows of the system it speaks to. */
export type DialectSystem = {
  readonly home: Home;
  /** IANA name: the zone of the days that the system speaks of. */
  readonly timeZone: string;
  readonly capabilities: Capabilities;
  readonly connection: Connection;
};

/** What goes with a single call. */
export type CallContext = {
  /** Ends the call when its time is over. */
  readonly signal: AbortSignal;
  /** The `x-correlator` to pass on, if the call serves a request that has one. */
  readonly correlator: string | undefined;
};

/** The questions of `CarrierCalls`, each with its context. */
export type DialectClient = {
  readonly [Call in keyof CarrierCalls]: (
    query: Parameters<CarrierCalls[Call]>[0],
    context: CallContext,
  ) => ReturnType<CarrierCalls[Call]>;
};

/**
 * A way of talking to a system: makes its client. A client puts each question once and reads the reply strictly:
 * whatever isn't exactly the protocol is `cannot-say`, and no reply at all is thrown as `CarrierUnavailable`. Limits,
 * time-outs and capabilities are seen to before it is called.
 */
export type Dialect = (system: DialectSystem) => DialectClient;

/** A reply that says nothing of the number. */
export type NoAnswer = Exclude<CarrierAnswer<never>, { kind: 'answer' }>;

/** A reply that is no answer, and why. */
export const cannotSay = (reason: CannotSayReason): NoAnswer => ({ kind: 'cannot-say', reason });
