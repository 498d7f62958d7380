import type { DurationMs, Instant } from './instant.ts';
import type { Finding } from './verdict-question.ts';

/** What is known of a number whose code was proven, before somebody becomes its user. */
export type RegistrationSituation = {
  /** Somebody has a claim on it. */
  readonly occupied: boolean;
  /** By its events nobody holds the number, and its freeze isn't over. */
  readonly knownFrozen: boolean;
  /**
   * On a number known frozen the verdict after the freeze (`questionAfterFreeze`), else the one on the claim; null
   * while it hasn't been asked for.
   */
  readonly verdict: Finding | null;
};

/** Why a registration, or a change to this phone, is refused. */
export type RegistrationRefusal = 'phone_in_use' | 'number_undecided' | 'number_frozen' | 'code_invalid';

/**
 * What becomes of it. `create`: the number is free. `take-over`: its former claim is released first, that user is kept.
 * `judge`: a verdict is needed.
 */
export type RegistrationDecision =
  | { readonly kind: 'create' | 'take-over' | 'judge' }
  | { readonly kind: 'refuse'; readonly code: RegistrationRefusal };

const refuse = (code: RegistrationRefusal): RegistrationDecision => ({ kind: 'refuse', code });

/** An occupied number of which no end is known: as the verdict on the claim says. */
const occupied: Record<Finding['verdict'], RegistrationDecision> = {
  current: refuse('phone_in_use'),
  recycled: { kind: 'take-over' },
  frozen: refuse('number_frozen'),
  undecided: refuse('number_undecided'),
};

/** A number known frozen, on which the carrier shows a new tenancy. Anything else stays frozen. */
const newTenancyAfterFreeze = (isOccupied: boolean): RegistrationDecision => ({
  kind: isOccupied ? 'take-over' : 'create',
});

/**
 * Decides a registration whose code was proven, and the change of a login phone to a number likewise. A free number
 * needs no carrier.
 */
export function decideRegistration(situation: RegistrationSituation): RegistrationDecision {
  const { occupied: isOccupied, knownFrozen, verdict } = situation;
  if (!isOccupied && !knownFrozen) {
    return { kind: 'create' };
  }
  if (verdict === null) {
    return { kind: 'judge' };
  }
  if (!knownFrozen) {
    return occupied[verdict.verdict];
  }
  if (verdict.verdict === 'recycled') {
    return newTenancyAfterFreeze(isOccupied);
  }
  // The former holder got the number back as a new tenancy: the claim is theirs still.
  return isOccupied && verdict.rule === 'same-person' ? refuse('phone_in_use') : refuse('number_frozen');
}

/** A proven code vouches for its holder no longer than this: whoever registers waits for minutes, not for hours. */
export const takeOverWithin: DurationMs = 15 * 60_000;

/** The last beginning or end of a tenancy that events tell of. */
export type TenancyBoundary = { readonly at: Instant; readonly kind: 'began' | 'ended' };

/**
 * Decides whether a take-over that had to wait may still go on. It may not when 15 minutes have passed since the code
 * was proven, nor when a tenancy ended or began after it was sent: then whoever received it may no longer hold the number.
 */
export function decideWaitingTakeOver({
  provenAt,
  issuedAt = provenAt,
  now,
  lastBoundary,
}: {
  provenAt: Instant;
  /** When the code was sent; where it isn't given, when it was proven. */
  issuedAt?: Instant;
  now: Instant;
  lastBoundary: TenancyBoundary | null;
}): { readonly kind: 'go-on' } | { readonly kind: 'refuse'; readonly code: RegistrationRefusal } {
  if (lastBoundary !== null && lastBoundary.at > issuedAt) {
    return { kind: 'refuse', code: lastBoundary.kind === 'ended' ? 'number_frozen' : 'code_invalid' };
  }
  return now - provenAt >= takeOverWithin ? { kind: 'refuse', code: 'number_undecided' } : { kind: 'go-on' };
}
