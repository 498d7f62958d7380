import type { Claim } from './claim.ts';
import { type FeedProgress, isGapless } from './feed.ts';
import type { DurationMs, Instant } from './instant.ts';
import type { Verdict } from './verdict.ts';

/** Why somebody who proved to hold the phone isn't let in by it. */
type CodeGateCode = 'number_recycled' | 'number_frozen' | 'number_undecided' | 'no_such_login';

/** The other ways in. */
export type Alternative =
  | 'login-by-nickname'
  | 'login-by-email'
  | 'reset-by-email'
  | 'registration'
  | 'recovery'
  | 'support';

/** The same list for everyone, whatever this user has: it must tell the next holder of a number nothing. */
export const alternatives: readonly Alternative[] = [
  'login-by-nickname',
  'login-by-email',
  'reset-by-email',
  'registration',
  'recovery',
  'support',
];

/** What a gate answers. `ask-carrier`: there is no verdict, or a good one that rests on answers which are too old. */
export type GateDecision =
  | { readonly kind: 'allow' }
  | { readonly kind: 'ask-carrier' }
  | { readonly kind: 'refuse'; readonly code: CodeGateCode; readonly alternatives: readonly Alternative[] };

/** A feed without a heartbeat for so long is taken for broken; provinces send one a minute, so that is many missed ones. */
const heartbeatMaxAge: DurationMs = 15 * 60_000;

/**
 * Whether the feeds of a province can vouch that nothing went unreported: every one of them complete, with a heartbeat
 * younger than 15 minutes. Events about a number may come by any system of its province, so all of them count.
 */
export function feedsVouch({ feeds, now }: { feeds: readonly FeedProgress[]; now: Instant }): boolean {
  return (
    feeds.length > 0 &&
    feeds.every(
      (feed) =>
        isGapless(feed) && feed.lastHeartbeatAt !== null && now - feed.lastHeartbeatAt < heartbeatMaxAge,
    )
  );
}

/** How far a verdict of `current` can be trusted now. */
export type Trust = {
  readonly now: Instant;
  /** The province's bound on the age of a carrier's answer. */
  readonly answerMaxAge: DurationMs;
  /** See `feedsVouch`. */
  readonly feedsVouch: boolean;
};

/** Whether a verdict rests on what is known now: answers younger than the bound, or feeds that vouch for the time since. */
export function isFresh({ asOf }: Pick<Verdict, 'asOf'>, { now, answerMaxAge, feedsVouch }: Trust): boolean {
  return feedsVouch || (asOf !== null && now - asOf < answerMaxAge);
}

/** What a code gate makes of a verdict; `current` also has to be fresh. */
const byVerdict: Record<Verdict['verdict'], CodeGateCode | 'allow'> = {
  current: 'allow',
  recycled: 'number_recycled',
  frozen: 'number_frozen',
  undecided: 'number_undecided',
};

/**
 * Decides a login by SMS code and the reset of a forgotten password by code (I2); the code was proven before. Only a
 * fresh `current` lets in; to refuse, an old verdict is good enough.
 */
export function decideByCode({
  claim,
  verdict,
  trust,
}: {
  claim: Pick<Claim, 'state'> | null;
  /** The verdict on that claim; null where there is none yet, or no claim. */
  verdict: Pick<Verdict, 'verdict' | 'asOf'> | null;
  trust: Trust;
}): GateDecision {
  if (claim === null) {
    return refuse('no_such_login');
  }
  if (verdict === null) {
    return { kind: 'ask-carrier' };
  }
  const outcome = byVerdict[verdict.verdict];
  if (outcome !== 'allow') {
    return refuse(outcome);
  }
  // Suspended and yet current: the carrier just took something back, and the claim is not restored yet.
  if (claim.state === 'suspended') {
    return refuse('number_undecided');
  }
  return isFresh(verdict, trust) ? { kind: 'allow' } : { kind: 'ask-carrier' };
}

const refuse = (code: CodeGateCode): GateDecision => ({ kind: 'refuse', code, alternatives });

/** What a password login names, and what is known of that name. */
export type PasswordLogin =
  | { readonly by: 'phone'; readonly claimExists: boolean }
  | { readonly by: 'nickname' }
  | { readonly by: 'email'; readonly verified: boolean };

/** Which names are a login: a nickname always, an e-mail once it is verified, a phone while the claim exists. */
function isLogin(login: PasswordLogin): boolean {
  switch (login.by) {
    case 'nickname':
      return true;
    case 'email':
      return login.verified;
    case 'phone':
      return login.claimExists;
  }
}

/**
 * Decides a login by password. The password is checked first, and one answer serves every refusal, so that nobody
 * learns which phones, nicknames and e-mails there are. No verdict is needed: whoever knows the password is the user,
 * whoever holds the number.
 */
export function decideByPassword(
  login: PasswordLogin,
  passwordRight: boolean,
): { readonly kind: 'allow' } | { readonly kind: 'refuse'; readonly code: 'bad_credentials' } {
  return passwordRight && isLogin(login) ? { kind: 'allow' } : { kind: 'refuse', code: 'bad_credentials' };
}
