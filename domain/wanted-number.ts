import type { Claim } from './claim.ts';
import type { Instant } from './instant.ts';
import { effectiveEvents, type NumberEvent } from './number/event.ts';
import type { Fate } from './number/fate.ts';
import type { Freeze } from './number/freeze.ts';
import { foldHistory, type NumberHistory, presentTenancy, stateAt } from './number/history.ts';
import { fateOfClaim, type ReleasePolicy } from './number/plan.ts';
import type { TenancyBoundary } from './registration-rules.ts';

/** What the reported events say of a number that somebody wants, before any carrier is asked. */
export type WantedNumber = {
  /** What became of the claim on it; null where nobody has one. */
  readonly fate: Fate | null;
  /** Since when nobody holds it, by its events, where it wasn't given out again since; null otherwise. */
  readonly frozenSince: Instant | null;
  /** The last beginning or end of a tenancy. */
  readonly lastBoundary: TenancyBoundary | null;
};

/** Reads the history of a number that somebody wants as login phone. */
export function readWantedNumber({
  number: { events, provenAt },
  rules: { freeze, policy },
  claim,
  now,
}: {
  number: { readonly events: readonly NumberEvent[]; readonly provenAt: readonly Instant[] };
  rules: { readonly freeze: Freeze; readonly policy: ReleasePolicy };
  claim: Claim | null;
  now: Instant;
}): WantedNumber {
  // Most numbers that are wanted were never heard of.
  if (events.length === 0) {
    const fate = claim && ({ kind: 'held', anchoredAt: claim.anchoredAt } as const);
    return { fate, frozenSince: null, lastBoundary: null };
  }
  const fate = claim && fateOfClaim(claim, { events, freeze, policy });
  const life = foldHistory({ events, provenAt }, freeze);
  const isFrozen = stateAt(life, freeze, now) === 'frozen';
  // A claim may outlive the freeze by the moment that its release takes: nobody was given the number by that.
  const sinceCancelled = fate?.kind === 'frozen' ? fate.since : null;
  return {
    fate,
    frozenSince: isFrozen ? (presentTenancy(life)?.endedAt ?? sinceCancelled) : sinceCancelled,
    lastBoundary: lastBoundaryOf({ events: events.map(asKnown), provenAt }, freeze),
  };
}

/** A carrier's clock may be fast: what was known before a code was proven can't have happened after it. */
const asKnown = (event: NumberEvent): NumberEvent => ({
  ...event,
  at: Math.min(event.at, event.receivedAt),
});

/**
 * The last boundary, also where nobody reported it: of a later tenancy only its end may be known, or what happened in
 * it. It began when its holder joined, as far as the carrier says, and surely not before the end of the one before.
 */
function lastBoundaryOf(history: NumberHistory, freeze: Freeze): TenancyBoundary | null {
  const { tenancies } = foldHistory(history, freeze);
  const last = tenancies.at(-1);
  const began = last?.begunAt ?? tenancies.at(-2)?.endedAt ?? null;
  const boundaries: TenancyBoundary[] = effectiveEvents(history.events).flatMap(joiningOf);
  if (last?.endedAt != null) boundaries.push({ at: last.endedAt, kind: 'ended' });
  else if (began !== null) boundaries.push({ at: began, kind: 'began' });
  return boundaries.toSorted((a, b) => a.at - b.at).at(-1) ?? null;
}

/** The beginning that an event's join date tells of. That of a port may be its own, which begins nothing. */
const joiningOf = ({ type, joined, receivedAt }: NumberEvent): TenancyBoundary[] =>
  type !== 'number.ported' && joined?.precision === 'second'
    ? [{ at: Math.min(joined.at, receivedAt), kind: 'began' }]
    : [];

/**
 * Whether the claim on a number was proven by somebody who had a later code than ours: then that one is the holder, and
 * no carrier is needed to say so.
 */
export const wasFaster = (
  claim: Pick<Claim, 'claimedAt' | 'state'>,
  fate: Fate,
  issuedAt: Instant,
): boolean => claim.state === 'active' && fate.kind === 'held' && claim.claimedAt >= issuedAt;
