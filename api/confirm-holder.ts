import type { DurationMs } from '../domain/instant.ts';
import { evidenceOf } from '../verdicts/evidence.ts';
import { findsRecycled } from '../verdicts/release.ts';
import { createVerdicts } from '../verdicts/verdicts.ts';
import type { ApiDependencies } from './dependencies.ts';
import { loginByCodeOf, type UserSession } from './middleware/user-session.ts';
import { Problem } from './problem.ts';
import type { ProblemCode } from './problem-codes.ts';

/** What the check stands on. */
export type HolderDependencies = Pick<
  ApiDependencies,
  'store' | 'workflows' | 'carriers' | 'registry' | 'metrics' | 'now'
>;

/** Makes sure that whoever acts in a session holds the user's number still. Throws a `Problem` where that isn't so. */
export type ConfirmHolder = (call: { session: UserSession; correlator: string }) => Promise<void>;

/** Long work answers within 2 s, and what comes after this takes its part of them. */
const askedWithin: DurationMs = 1_000;

const refusals = {
  recycled: 'session_required',
  frozen: 'number_frozen',
  undecided: 'number_undecided',
} as const satisfies Record<string, ProblemCode>;

/**
 * Makes the check before what no release could undo: a change of phone or nickname, a closing. A code gate may trust an
 * answer of some minutes ago; what a code alone let in does these only on an answer of now. So the next holder of a
 * number can't carry the former's user off in those minutes. A login by a password that the user chose needs nothing.
 */
export function createConfirmHolder(dependencies: HolderDependencies): ConfirmHolder {
  const { store, workflows, now } = dependencies;
  const verdicts = createVerdicts({ ...dependencies, wakeNumber: workflows.wakeNumber });

  return async ({ session, correlator }) => {
    const { userId, user } = session;
    const { phone } = user;
    if (!phone) return;
    const { numberKey, claimId } = phone;
    const restsOnCode =
      loginByCodeOf(session) !== null || (await store.users.passwordRestsOn({ userId, claimId }));
    if (!restsOnCode) return;

    const [doc, number] = await Promise.all([store.claims.find(numberKey), store.numbers.find(numberKey)]);
    const claim = doc?.claim;
    // What ended the claim ends the session too.
    if (!number || claim?.claimId !== claimId) throw new Problem('session_required');
    const judged = await verdicts.judgeClaim({
      number,
      claim,
      reuse: false,
      withinMs: askedWithin,
      lookupFor: 'holder',
      correlator,
    });
    const { verdict } = judged.verdict;
    const isConfirmed = verdict === 'current' && claim.state === 'active';
    await store.evidence.add(
      ...evidenceOf(judged, {
        numberKey,
        claim,
        decision: { code: isConfirmed ? 'holder.confirmed' : 'holder.refused' },
        at: now(),
      }),
    );
    if (isConfirmed) return;
    if (findsRecycled(judged)) {
      const { verdictId } = judged;
      await verdicts.startRelease({ numberKey, claim, verdictId, at: now(), correlator });
    }
    throw new Problem(verdict === 'current' ? 'number_undecided' : refusals[verdict]);
  };
}
