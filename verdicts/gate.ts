import { randomUUID } from 'node:crypto';
import type { Claim } from '../domain/claim.ts';
import { type Alternative, alternatives, decideByCode, type GateDecision } from '../domain/gate-rules.ts';
import type { NumberKey } from '../domain/ids.ts';
import type { DurationMs, Instant } from '../domain/instant.ts';
import type { NumberRecord } from '../store/numbers.ts';
import type { User } from '../store/users.ts';
import { decisionOf, evidenceOf } from './evidence.ts';
import { provinceOf, readFeeds, readVerified } from './facts.ts';
import type { Judge, Judged } from './judge.ts';
import { followPerson } from './moves.ts';
import type { VerdictTools, WakeNumber } from './ports.ts';
import { findsRecycled, startRelease } from './release.ts';

/** What a code gate stands on. */
export interface GateTools extends Pick<VerdictTools, 'store' | 'registry' | 'now'> {
  readonly judge: Judge;
  readonly wakeNumber: WakeNumber;
}

/** Somebody who proved by a code to hold a number, and what for. */
export interface GateCall {
  readonly numberKey: NumberKey;
  readonly purpose: 'login' | 'reset-password';
  /** When the code was sent: it tells who held the number then. */
  readonly at: Instant;
  readonly correlator: string;
}

/** Why somebody isn't let in by a code. */
export type GateRefusal = Extract<GateDecision, { kind: 'refuse' }>['code'];

/**
 * What a code gate answers. On `allow`, `user` is as it was read before the verdict: whatever is granted carries its
 * epoch, so that it ends where the claim is suspended or released meanwhile.
 */
export type Passage =
  | { readonly kind: 'allow'; readonly user: User; readonly claim: Claim }
  | {
      readonly kind: 'refuse';
      readonly code: GateRefusal;
      readonly alternatives: readonly Alternative[];
    };

/** Callers are promised an answer within 2 s; what is left is for the store and the password hash. */
const askedWithin: DurationMs = 1_500;

const decisions = {
  login: { allow: 'login.allowed', refuse: 'login.refused' },
  'reset-password': { allow: 'reset.allowed', refuse: 'reset.refused' },
} as const;

const refuse = (code: GateRefusal): Extract<Passage, { kind: 'refuse' }> => ({
  kind: 'refuse',
  code,
  alternatives,
});

/**
 * Decides a login by SMS code, or the reset of a forgotten password by one (I2); the code was proven before. Reads in an
 * order that lets nothing slip by: the claim, its user with the epoch, and only then what the verdict rests on. What
 * happened before the user was read shows in the user or in the number's history; what happens later raises the epoch.
 *
 * The verdict and the decision are on the number's timeline when this returns. A claim whose number a carrier shows to be
 * somebody else's is released; one whose holder it shows in a new tenancy moves there.
 */
export async function passByCode(tools: GateTools, call: GateCall): Promise<Passage> {
  const { store, registry, now } = tools;
  const { numberKey } = call;
  const [doc, before] = await Promise.all([store.claims.find(numberKey), store.numbers.find(numberKey)]);
  const claim = doc?.claim ?? null;
  // A code that was sent before may be the former holder's, and is good for minutes: long enough for the next one to register.
  if (!claim || !before || claim.claimedAt > call.at) {
    return refused(tools, call, { claim, code: 'no_such_login' });
  }

  const [user, feedsVouch] = await Promise.all([
    store.users.find(claim.userId),
    readFeeds({ store, registry, now: now() }, before),
  ]);
  // A release takes the phone from the user before it raises the epoch: who has another phone, or none, has lost this one.
  if (user?.status !== 'open' || user.phone?.claimId !== claim.claimId) {
    return refused(tools, call, { claim, code: 'no_such_login' });
  }
  const [number, verified] = await Promise.all([
    store.numbers.find(numberKey),
    readVerified(store, { user }),
  ]);
  return pass(tools, call, { claim, user, number: number ?? before, verified, feedsVouch });
}

/** Everything that the gate has read. */
interface Read {
  readonly claim: Claim;
  readonly user: User;
  readonly number: NumberRecord;
  readonly verified: Awaited<ReturnType<typeof readVerified>>;
  readonly feedsVouch: boolean;
}

async function pass(tools: GateTools, call: GateCall, read: Read): Promise<Passage> {
  const { store, registry, now, judge } = tools;
  const { claim, user, number, verified, feedsVouch } = read;
  const judged = await judge.judgeClaim({
    number,
    claim,
    reuse: true,
    withinMs: askedWithin,
    lookupFor: call.purpose,
    correlator: call.correlator,
    known: { verified, feedsVouch },
  });
  const { answerMaxAge } = provinceOf(registry, number.province, now());
  const trust = { now: now(), answerMaxAge, feedsVouch };
  const decided = decideByCode({ claim, verdict: judged.verdict, trust });
  if (decided.kind !== 'allow') {
    // `ask-carrier` after asking: the answers were too old when they came, and say nothing of now.
    return refused(tools, call, {
      claim,
      judged,
      code: decided.kind === 'refuse' ? decided.code : 'number_undecided',
    });
  }
  const moved = await followPerson(store, { numberKey: call.numberKey, claim, judged, at: now() });
  if (!moved) return refused(tools, call, { claim, judged, code: 'number_undecided' });
  await store.evidence.add(
    ...evidenceOf(judged, {
      numberKey: call.numberKey,
      claim,
      decision: { code: decisions[call.purpose].allow },
      at: now(),
    }),
  );
  return { kind: 'allow', user, claim: moved };
}

async function refused(
  { store, wakeNumber, now }: GateTools,
  { numberKey, purpose, correlator }: GateCall,
  { claim, judged, code }: { claim: Claim | null; judged?: Judged; code: GateRefusal },
): Promise<Passage> {
  const about = {
    numberKey,
    claim,
    decision: { code: decisions[purpose].refuse, details: { reason: code } },
    at: now(),
  };
  await store.evidence.add(
    ...(judged ? evidenceOf(judged, about) : [decisionOf({ ...about, evidenceId: randomUUID() })]),
  );
  if (claim && judged && findsRecycled(judged)) {
    const { verdictId } = judged;
    await startRelease({ store, wakeNumber }, { numberKey, claim, verdictId, at: now(), correlator });
  }
  return refuse(code);
}
