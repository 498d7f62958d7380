import type { Claim, ReleaseCause, ReleasedClaim, SamePersonCheck } from '../claim.ts';
import type { ClaimId, UserId } from '../ids.ts';
import type { DurationMs, Instant } from '../instant.ts';
import type { NumberEvent } from './event.ts';
import { type Fate, type FateQuestion, fateOf, thawsAt } from './fate.ts';
import type { Freeze } from './freeze.ts';

/** What a province does with a claim when its tenancy was cancelled: docs/registry.md has the defaults. */
export interface ReleasePolicy {
  /** A claim with a binding goes at once: the carrier's word ends both. */
  readonly bound: 'at-once' | 'at-freeze-end';
  /** A claim without one waits, suspended, for the holder to take the number back. */
  readonly unbound: 'at-once' | 'at-freeze-end';
}

interface AboutClaim {
  readonly claimId: ClaimId;
  readonly userId: UserId;
}

/** A change of a claim; it is made only while the claim is as it was when this was planned, or had been changed so before. */
interface ClaimChange extends AboutClaim {
  /** `stateSince` of the claim, or `releasedAt` of the released one, that this was decided on. */
  readonly since: Instant;
}

/** One thing to be done about a claim, small enough to be done twice without harm. */
export type Duty =
  | (ClaimChange & { readonly kind: 'suspend-claim'; readonly eventKey: string })
  | (ClaimChange & {
      readonly kind: 'restore-claim';
      /** The instant that the claim's tenancy contains. */
      readonly anchoredAt: Instant;
      /** Whether that is another tenancy than before: the same person came back. */
      readonly moved: boolean;
    })
  | (ClaimChange & { readonly kind: 'release-claim'; readonly cause: ReleaseCause })
  | (ClaimChange & { readonly kind: 'give-back-claim'; readonly state: Claim['state'] })
  | (AboutClaim & { readonly kind: 'ask-same-person'; readonly eventKey: string })
  | (AboutClaim & {
      readonly kind: 'open-case';
      readonly caseKind: 'disputed-release' | 'undecided-verdict';
    });

/** What is due now, in order, and when to look again if nothing is reported before; null when all is settled. */
export interface LifePlan {
  readonly duties: readonly Duty[];
  readonly nextAt: Instant | null;
}

/** All that the plan of a number's life depends on. */
export interface LifeQuestion {
  readonly events: readonly NumberEvent[];
  readonly freeze: Freeze;
  readonly policy: ReleasePolicy;
  readonly claim: Claim | null;
  /** The claims that were released, oldest first. */
  readonly released: readonly ReleasedClaim[];
  /** Whether the claim's user has a customer whose identity was verified: only then the carrier can compare persons. */
  readonly holderVerified: boolean;
  readonly now: Instant;
}

/** A carrier is asked for ten minutes at most; whoever should have waited for its answer is looked after then. */
const askedWithin: DurationMs = 15 * 60_000;

/** After a week without an answer to who holds a number, somebody has to look at it. It is still asked meanwhile. */
const undecidedBecomesCaseAfter: DurationMs = 7 * 86_400_000;

/** What should become of a claim now. */
type Aim =
  | { readonly state: 'active'; readonly anchoredAt: Instant }
  | { readonly state: 'suspended'; readonly eventKey: string; readonly until: Instant }
  | { readonly state: 'released'; readonly cause: ReleaseCause };

/** What the events and the province's policy want of a claim, held or released. */
function judge(
  claim: FateQuestion['claim'],
  atOnce: boolean,
  { events, freeze, now }: Pick<LifeQuestion, 'events' | 'freeze' | 'now'>,
): { fate: Fate; aim: Aim } {
  const fate = fateOf({ claim, events, freeze, atOnce });
  return { fate, aim: aimOf({ fate, atOnce, freeze, now }) };
}

/** Whether the province's policy releases this claim as soon as its number is cancelled. */
const releasesAtOnce = ({ bindingId }: Claim, { policy }: Pick<LifeQuestion, 'policy'>): boolean =>
  (bindingId === null ? policy.unbound : policy.bound) === 'at-once';

/** What became of a claim's tenancy by the events, under the policy that the claim is under. */
export const fateOfClaim = (
  claim: Claim,
  question: Pick<LifeQuestion, 'events' | 'freeze' | 'policy'>,
): Fate => fateOf({ claim, ...question, atOnce: releasesAtOnce(claim, question) });

function aimOf({
  fate,
  atOnce,
  freeze,
  now,
}: {
  fate: Fate;
  atOnce: boolean;
  freeze: Freeze;
  now: Instant;
}): Aim {
  switch (fate.kind) {
    case 'held':
      return { state: 'active', anchoredAt: fate.anchoredAt };
    case 'recycled':
      return { state: 'released', cause: { kind: fate.by, eventKey: fate.eventKey } };
    case 'frozen': {
      const until = thawsAt(fate, freeze);
      if (atOnce) {
        return { state: 'released', cause: { kind: 'cancelled', eventKey: fate.eventKey } };
      }
      return now < until
        ? { state: 'suspended', eventKey: fate.eventKey, until }
        : { state: 'released', cause: { kind: 'freeze-ended', eventKey: fate.eventKey } };
    }
  }
}

/** The answer that settles whether the person changed at this event; undefined while the carrier still has to say. */
const settledCheck = (claim: Claim, eventKey: string): SamePersonCheck | undefined =>
  claim.samePerson.find((check) => check.eventKey === eventKey);

/** Plans a claim whose number went to a new tenancy: nobody loses it before the same-person check, if one can be made. */
function planRecycled(
  claim: Claim,
  aim: Extract<Aim, { state: 'released' }>,
  question: LifeQuestion,
): LifePlan {
  const about = { claimId: claim.claimId, userId: claim.userId };
  const change = { ...about, since: claim.stateSince };
  const eventKey = aim.cause.eventKey;
  const release: Duty = { kind: 'release-claim', ...change, cause: aim.cause };
  if (eventKey === null || !question.holderVerified) return { duties: [release], nextAt: null };

  const check = settledCheck(claim, eventKey);
  if (check && check.answer !== 'undecided') return { duties: [release], nextAt: null };

  const duties: Duty[] = [];
  if (claim.state === 'active') duties.push({ kind: 'suspend-claim', ...change, eventKey });
  if (!check || check.askAgainAt === null || check.askAgainAt <= question.now) {
    duties.push({ kind: 'ask-same-person', ...about, eventKey });
    return { duties, nextAt: question.now + askedWithin };
  }
  if (question.now - check.firstAskedAt > undecidedBecomesCaseAfter) {
    duties.push({ kind: 'open-case', caseKind: 'undecided-verdict', ...about });
  }
  return { duties, nextAt: check.askAgainAt };
}

function planClaim(claim: Claim, question: LifeQuestion): LifePlan {
  const { claimId, userId, stateSince: since, anchoredAt } = claim;
  const change = { claimId, userId, since };
  const { fate, aim } = judge(claim, releasesAtOnce(claim, question), question);
  switch (aim.state) {
    case 'active':
      // A tenancy began that nobody reported; whoever found that asked about the person too.
      if (claim.foundRecycled) {
        const cause: ReleaseCause = { kind: 'recycled', eventKey: null };
        return { duties: [{ kind: 'release-claim', ...change, cause }], nextAt: null };
      }
      return {
        duties:
          claim.state === 'suspended'
            ? [
                {
                  kind: 'restore-claim',
                  ...change,
                  anchoredAt: aim.anchoredAt,
                  moved: aim.anchoredAt !== anchoredAt,
                },
              ]
            : [],
        nextAt: null,
      };
    case 'suspended':
      return {
        duties:
          claim.state === 'active' ? [{ kind: 'suspend-claim', ...change, eventKey: aim.eventKey }] : [],
        nextAt: aim.until,
      };
    case 'released':
      return fate.kind === 'recycled'
        ? planRecycled(claim, aim, question)
        : { duties: [{ kind: 'release-claim', ...change, cause: aim.cause }], nextAt: null };
  }
}

/** The releases that a carrier's word led to, and that its later word can undo. */
const undoable: readonly ReleaseCause['kind'][] = ['freeze-ended', 'reissued', 'transferred', 'cancelled'];

/** A released claim that the events, as they are known now, would not have released. */
function revived(past: ReleasedClaim, question: LifeQuestion): Exclude<Aim, { state: 'released' }> | null {
  if (past.disputed || !undoable.includes(past.cause.kind) || question.claim?.userId === past.userId)
    return null;
  // What was released at once stays released while the cancellation stands.
  const { aim } = judge(past, past.cause.kind === 'cancelled', question);
  return aim.state === 'released' ? null : aim;
}

/**
 * A reclaim, or the retraction of a wrong event, that comes after the release: the phone goes back to its user where
 * nobody else claimed it and no other user could have it back; otherwise people have to decide.
 */
function planReleased(question: LifeQuestion): LifePlan {
  const back = question.released.flatMap((past) => {
    const aim = revived(past, question);
    return aim ? [{ past, aim }] : [];
  });
  const [only] = back;
  if (only && back.length === 1 && question.claim === null) {
    const { claimId, userId, releasedAt: since } = only.past;
    return {
      duties: [{ kind: 'give-back-claim', claimId, userId, since, state: only.aim.state }],
      nextAt: only.aim.state === 'suspended' ? only.aim.until : null,
    };
  }
  const duties = back.map(
    ({ past: { claimId, userId } }): Duty => ({
      kind: 'open-case',
      caseKind: 'disputed-release',
      claimId,
      userId,
    }),
  );
  return { duties, nextAt: null };
}

/**
 * What a number's life asks for now, from everything that was reported and what was done so far: the difference
 * between what should be and what is. Done twice, or after a crash in the middle, it asks for the rest only (I6).
 */
export function planLife(question: LifeQuestion): LifePlan {
  const present = question.claim ? planClaim(question.claim, question) : { duties: [], nextAt: null };
  const past = planReleased(question);
  return {
    duties: [...present.duties, ...past.duties],
    nextAt: present.nextAt ?? past.nextAt,
  };
}

/** Whether a plan made without knowing of a verified person would be another one with it. */
export const dependsOnPerson = ({ duties }: LifePlan): boolean =>
  duties.some(
    (duty) =>
      duty.kind === 'release-claim' && (duty.cause.kind === 'reissued' || duty.cause.kind === 'transferred'),
  );

/** The state in which a claim of the past comes in (an import): suspended unless its tenancy goes on undisturbed. */
export function stateOfImported(
  question: Omit<LifeQuestion, 'claim' | 'released'> & { claim: Claim },
): Claim['state'] {
  const { aim } = judge(question.claim, releasesAtOnce(question.claim, question), question);
  return aim.state === 'active' ? 'active' : 'suspended';
}
