import type { ReleaseCause } from './claim.ts';
import type { Instant } from './instant.ts';
import { addFen, type Fen, NO_FEN } from './money.ts';

/** How one fact that was given compares with the identity on record. */
type FactCheck = 'agrees' | 'differs' | 'not-given';

/** What a company allows without a person looking at it. */
type RecoveryPolicy = {
  /** Whether anything is approved without a person. */
  readonly approveAlone: boolean;
  /** Whether a bank card in that name must be among the facts. */
  readonly bankCardRequired: boolean;
  /** From this sum over all accounts on, two people have to agree. */
  readonly twoPeopleFrom: Fen;
};

/** A request to recover (找回) a user whose phone was taken from them. */
export type RecoverySituation = {
  /** The user that was named; null where there is none by that name. */
  readonly target: {
    readonly open: boolean;
    /** How the last claim ended; null where the user has a phone still, or never had one. */
    readonly released: { readonly at: Instant; readonly cause: ReleaseCause['kind'] } | null;
    /** When the identity on record was verified; null where it never was. */
    readonly verifiedAt: Instant | null;
    readonly balances: readonly Fen[];
  } | null;
  readonly facts: {
    readonly phoneProven: boolean;
    readonly idNumber: FactCheck;
    readonly name: FactCheck;
    readonly bankCard: FactCheck;
  };
  readonly policy: RecoveryPolicy;
};

/** Why a request isn't approved by itself; support sees all of them, the caller none. */
type RecoveryDoubt =
  | 'no-such-user'
  | 'user-closed'
  | 'not-passively-released'
  | 'identity-not-verified-before'
  | 'phone-not-proven'
  | 'id-number-differs'
  | 'name-differs'
  | 'bank-card-differs'
  | 'bank-card-missing'
  | 'large-balance'
  | 'policy';

/** Approved, or a support case for that many people, with everything that spoke against it. */
export type RecoveryDecision =
  | { readonly kind: 'approve' }
  | { readonly kind: 'open-case'; readonly people: 1 | 2; readonly doubts: readonly RecoveryDoubt[] };

type DoubtRow = readonly [doubt: RecoveryDoubt, holds: (situation: RecoverySituation) => boolean];

/** Everything that may speak against an approval. */
const table: readonly DoubtRow[] = [
  ['no-such-user', ({ target }) => target === null],
  ['user-closed', ({ target }) => target?.open === false],
  // A user who left their number by themselves has other ways, and was told so.
  [
    'not-passively-released',
    ({ target }) => target !== null && (!target.released || target.released.cause === 'left'),
  ],
  ['identity-not-verified-before', ({ target }) => target !== null && !verifiedBefore(target)],
  ['phone-not-proven', ({ facts }) => !facts.phoneProven],
  ['id-number-differs', ({ facts }) => facts.idNumber !== 'agrees'],
  ['name-differs', ({ facts }) => facts.name !== 'agrees'],
  ['bank-card-differs', ({ facts }) => facts.bankCard === 'differs'],
  ['bank-card-missing', ({ facts, policy }) => policy.bankCardRequired && facts.bankCard === 'not-given'],
  ['large-balance', isLarge],
  ['policy', ({ policy }) => !policy.approveAlone],
];

/** An identity that was verified after the release may be that of whoever came by the account since. */
function verifiedBefore({ released, verifiedAt }: NonNullable<RecoverySituation['target']>): boolean {
  return verifiedAt !== null && released !== null && verifiedAt < released.at;
}

function isLarge({ target, policy }: RecoverySituation): boolean {
  let total = NO_FEN;
  for (const balance of target?.balances ?? []) {
    const sum = addFen(total, balance);
    if (!sum.ok) {
      return true;
    }
    total = sum.value;
  }
  return total >= policy.twoPeopleFrom && total > 0;
}

/**
 * Decides a recovery. Everything that was given has to agree with an identity that was verified *before* the release;
 * anything else is for people to look at, two of them where much money is at stake. Nobody is refused by a rule.
 */
export function decideRecovery(situation: RecoverySituation): RecoveryDecision {
  const doubts = table.filter(([, holds]) => holds(situation)).map(([doubt]) => doubt);
  return doubts.length === 0
    ? { kind: 'approve' }
    : { kind: 'open-case', people: doubts.includes('large-balance') ? 2 : 1, doubts };
}
