import { AsyncLocalStorage } from 'node:async_hooks';
import { randomUUID } from 'node:crypto';

/** CAMARA Commonalities, `XCorrelator`: what an `x-correlator` may be. */
const X_CORRELATOR = /^[a-zA-Z0-9-_:;./<>{}]{0,256}$/;

const holder = new AsyncLocalStorage<string>();

/** The header that carries it, in and out. */
export const CORRELATOR_HEADER = 'x-correlator';

/** Whether a caller's text may serve as a correlator. */
export function isCorrelator(text: string): boolean {
  return X_CORRELATOR.test(text);
}

/** Makes a correlator for a caller who sent none. */
export function newCorrelator(): string {
  return randomUUID();
}

/** Runs a piece of work under a correlator: everything it awaits sees it by `currentCorrelator`. */
export function runWithCorrelator<T>(correlator: string, work: () => T): T {
  return holder.run(correlator, work);
}

/** The correlator of the work that is going on; `undefined` outside of any. */
export function currentCorrelator(): string | undefined {
  return holder.getStore();
}
