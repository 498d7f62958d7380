/** How much of a user's identity is known: nothing, what they declared, or what a carrier confirmed. */
export type RealName = 'none' | 'declared' | 'verified';

/**
 * Whether phone, ID number and normalised name of the user are those of the line's customer, confirmed by the carrier;
 * null while it hasn't been asked.
 */
export type IdentityMatch = 'match' | 'no-match' | null;

/** A binding that somebody starts. */
export type BindingSituation =
  | {
      /** A clerk at the counter (营业厅) or the online hall (网手厅), for whoever stands there. */
      readonly startedBy: 'carrier';
      /** The user whose login phone the line's number is; null where there is none. */
      readonly user: { readonly realName: RealName } | null;
      readonly match: IdentityMatch;
      /** The clerk's word that a user of unknown identity isn't the customer. */
      readonly replaceUnverified: boolean;
    }
  | {
      readonly startedBy: 'payment';
      readonly user: { readonly realName: RealName; readonly hasActiveClaim: boolean };
      readonly match: IdentityMatch;
    };

/** Why a binding is refused, with nothing changed. */
type BindingRefusal = 'user_not_real_name' | 'not_real_name' | 'identity_mismatch' | 'no_login_phone';

/**
 * What becomes of it. `create-and-bind`: a user is created for the customer. `replace-and-bind`: the phone leaves the
 * user it is with, who is kept, and a user is created. `ask-match`: the carrier has to confirm the identity first.
 */
export type BindingDecision =
  | { readonly kind: 'bind' | 'create-and-bind' | 'replace-and-bind' | 'ask-match' }
  | { readonly kind: 'refuse'; readonly code: BindingRefusal };

type Row = {
  readonly realName: RealName;
  /** `any`: nothing to compare, or no need to. */
  readonly match: 'match' | 'no-match' | 'any';
  readonly decision: BindingDecision;
};

const refuse = (code: BindingRefusal): BindingDecision => ({ kind: 'refuse', code });

/**
 * Telecom is authoritative: a carrier's customer with an ID card at hand outranks the user who has the phone. But an
 * identity that was only declared, and doesn't match, may be a typing error of the very customer: the clerk decides.
 */
const startedByCarrier: readonly Row[] = [
  { realName: 'verified', match: 'match', decision: { kind: 'bind' } },
  { realName: 'verified', match: 'no-match', decision: { kind: 'replace-and-bind' } },
  { realName: 'declared', match: 'match', decision: { kind: 'bind' } },
  { realName: 'declared', match: 'no-match', decision: refuse('user_not_real_name') },
  { realName: 'none', match: 'any', decision: refuse('user_not_real_name') },
];

const startedByPayment: readonly Row[] = [
  { realName: 'verified', match: 'match', decision: { kind: 'bind' } },
  { realName: 'verified', match: 'no-match', decision: refuse('identity_mismatch') },
  { realName: 'declared', match: 'match', decision: { kind: 'bind' } },
  { realName: 'declared', match: 'no-match', decision: refuse('identity_mismatch') },
  { realName: 'none', match: 'any', decision: refuse('not_real_name') },
];

/**
 * Decides a binding (绑定关系). Nothing is bound that the carrier didn't confirm (I4): without an answer the decision
 * is to ask, however often.
 */
export function decideBinding(situation: BindingSituation): BindingDecision {
  if (situation.startedBy === 'payment') {
    return situation.user.hasActiveClaim
      ? lookUp(startedByPayment, situation.user.realName, situation.match)
      : refuse('no_login_phone');
  }
  if (situation.user === null) {
    return { kind: 'create-and-bind' };
  }
  const decision = lookUp(startedByCarrier, situation.user.realName, situation.match);
  return decision.kind === 'refuse' && situation.replaceUnverified ? { kind: 'replace-and-bind' } : decision;
}

function lookUp(rows: readonly Row[], realName: RealName, match: IdentityMatch): BindingDecision {
  const row = rows.find(
    (each) => each.realName === realName && (each.match === 'any' || each.match === match),
  );
  return row?.decision ?? { kind: 'ask-match' };
}
