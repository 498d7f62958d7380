import { setTimeout } from 'node:timers/promises';
import type { DurationMs, Instant } from '../domain/instant.ts';
import type { ApiDependencies } from './dependencies.ts';

/**
 * Long work answers with its outcome when that is known within two seconds of the call. Counted from the moment at which
 * a request came, this leaves the rest of them to the last look at the store, to the answer under its key, and to the way
 * back.
 */
export const outcomeWithin: DurationMs = 1_700;

/** A workflow may have more to do once it settled what was asked, so nobody waits longer for its end without a look. */
const lookAtLeastEvery: DurationMs = 1_000;
/** Where the workflow server tells nothing, the store is looked at no more often. */
const lookAtMostEvery: DurationMs = 250;

/**
 * Waits until something is settled that a workflow does, at most until an instant. Gives it as the store has it then;
 * null where the store knows none.
 */
export async function settledBy<State extends { readonly status: string }>(
  { workflows, now }: { workflows: Pick<ApiDependencies['workflows'], 'hasEnded'>; now: () => Instant },
  { read, workflowId, until }: { read: () => Promise<State | null>; workflowId: string; until: Instant },
): Promise<State | null> {
  for (;;) {
    const before = await read();
    const lookedAt = now();
    const left = until - lookedAt;
    if (before?.status !== 'pending' || left <= 0) return before;
    if (await workflows.hasEnded(workflowId, Math.min(lookAtLeastEvery, left))) {
      // What ended has settled it, unless other work had this id before.
      const after = await read();
      if (after?.status !== 'pending') return after;
    }
    await setTimeout(Math.max(0, Math.min(lookedAt + lookAtMostEvery, until) - now()));
  }
}
