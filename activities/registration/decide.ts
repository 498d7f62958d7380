import type { Instant } from '../../domain/instant.ts';
import { decideOn, type FactTools, type NextStep, readRequest } from './facts.ts';

/** Deciding on requests for numbers by what is known here: registrations, and changes of phone likewise. */
export function createPhoneRequestActivities({ store, registry }: FactTools) {
  return {
    /** What is to be done next about a request, before a carrier is asked. */
    async decidePhoneRequest({ requestId, now }: { requestId: string; now: Instant }): Promise<NextStep> {
      const facts = await readRequest({ store, registry }, { requestId, now });
      return decideOn({ store, registry }, facts, { verdict: null, now });
    },
  };
}
