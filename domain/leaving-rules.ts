import type { Fen } from './money.ts';

/** What a user wants that ends a binding from the payment side. */
export type Departure = 'unbind' | 'change-phone' | 'close';

/** Why they can't yet. */
type LeavingRefusal = 'services_active' | 'balance_not_zero';

/** What a departure consists of, in this order; the carrier's notice follows the dissolved binding and is never lost. */
type LeavingStep = 'dissolve-binding' | 'release-claim' | 'claim-new-phone' | 'close-user';

/** Refused, or the steps to take. */
export type LeavingDecision =
  | { readonly kind: 'refuse'; readonly code: LeavingRefusal }
  | { readonly kind: 'leave'; readonly steps: readonly LeavingStep[] };

const steps: Record<Departure, readonly LeavingStep[]> = {
  unbind: ['dissolve-binding'],
  'change-phone': ['dissolve-binding', 'release-claim', 'claim-new-phone'],
  close: ['dissolve-binding', 'release-claim', 'close-user'],
};

/**
 * Decides a departure. The user cancels the tied services (强相关业务) first, for nobody should lose auto-pay unawares;
 * a user with money isn't closed. Steps of what isn't there (no binding, no phone) are left out.
 */
export function decideLeaving({
  wants,
  activeServices,
  bound,
  hasPhone,
  balances,
}: {
  wants: Departure;
  activeServices: number;
  bound: boolean;
  hasPhone: boolean;
  /** What is on each of the user's accounts that hold money; points aren't any, and lapse. */
  balances: readonly Fen[];
}): LeavingDecision {
  if (activeServices > 0) {
    return { kind: 'refuse', code: 'services_active' };
  }
  if (wants === 'close' && balances.some((balance) => balance > 0)) {
    return { kind: 'refuse', code: 'balance_not_zero' };
  }
  const needless: readonly (LeavingStep | false)[] = [
    !bound && 'dissolve-binding',
    !hasPhone && 'release-claim',
  ];
  return { kind: 'leave', steps: steps[wants].filter((step) => !needless.includes(step)) };
}
