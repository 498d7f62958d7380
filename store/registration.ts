import type { Claim, ClaimTenancy } from '../domain/claim.ts';
import type { RegistrationId, UserId } from '../domain/ids.ts';
import { asRegistrationId, type NumberKey, type VerificationId } from '../domain/ids.ts';
import type { Instant } from '../domain/instant.ts';
import type { PhoneNumber } from '../domain/phone-number.ts';
import { decideWaitingTakeOver, type RegistrationRefusal } from '../domain/registration-rules.ts';
import { readWantedNumber, wasFaster } from '../domain/wanted-number.ts';
import { wasMade } from './claim-doc.ts';
import { derivedId } from './derived-id.ts';
import type { Evidence } from './evidence.ts';
import { firstClaim, settleClaims, settleNewClaim } from './new-claim.ts';
import {
  handlesOf,
  type NewUser,
  newAccounts,
  newCustomers,
  newPhone,
  newUserId,
  pendingUser,
} from './new-user-records.ts';
import { type NewUserTools, withdraw } from './new-user-steps.ts';
import type { NumberRecord } from './numbers.ts';
import type { PhoneRequest } from './phone-requests.ts';
import type { Proof } from './verifications.ts';

/** Somebody who proved to hold a number and wants to be its user. */
export interface Applicant extends Pick<NewUser, 'nickname' | 'email' | 'identity'> {
  readonly registrationId: RegistrationId;
  readonly phone: PhoneNumber;
  readonly numberKey: NumberKey;
  /** The system that answers for a number of these digits. */
  readonly home: { readonly province: string; readonly system: string };
  /** The code's. */
  readonly proof: Proof;
  readonly password: string;
  readonly correlator: string;
}

/** Why an applicant is refused. */
export type Refused = RegistrationRefusal | 'nickname_in_use';

/**
 * What came of an applicant. `asks-for-verdict`: the number is another's, or events call it frozen, so that a carrier has
 * to be asked; the request is written down, and a workflow takes it from here.
 */
export type Registered =
  | {
      readonly kind: 'registered';
      readonly userId: UserId;
      /** The claim that was made just now, and its number; null where that was done before. */
      readonly made: { readonly number: NumberRecord; readonly claim: Claim } | null;
      /** Whether the number's life is to be woken; until then the sweep watches over it. */
      readonly wake: boolean;
    }
  | { readonly kind: 'asks-for-verdict'; readonly request: PhoneRequest }
  | { readonly kind: 'refused'; readonly code: Refused };

/** What registrations are made with. */
export interface RegistrationTools extends NewUserTools {
  readonly hashPassword: (password: string) => Promise<string>;
  /**
   * Begins to ask how the carrier describes the tenancy of a number that nobody ever claimed, and gives what it has said
   * by then: nobody waits for it.
   */
  readonly describe?: (number: NumberRecord) => () => ClaimTenancy | null;
}

/** One code makes one registration. */
export const registrationIdOf = (verificationId: VerificationId): RegistrationId =>
  asRegistrationId(derivedId('registration', verificationId));

/** The user that a registration makes. */
export const registeredUserId = (registrationId: RegistrationId): UserId =>
  newUserId({ kind: 'registration', ref: registrationId }, 0);

/**
 * Registers somebody whose code was proven: pending user, all that belongs to it, then the claim on the number, which is
 * the commit point, and the opening. A number that nobody holds takes seven trips to the store. After a crash anywhere,
 * called again for the same registration, it goes on where it stopped; if nobody does, the sweep opens or removes the user.
 */
export async function register(tools: RegistrationTools, applicant: Applicant): Promise<Registered> {
  const { store, rulesOf, now } = tools;
  const { registrationId, numberKey, proof } = applicant;
  const userId = registeredUserId(registrationId);
  const user = newUserOf(applicant);
  const meet = async () => {
    const number = await store.numbers.meet(applicant);
    const isUnclaimed = number.provenAt.length === 0;
    return { number, tenancySoFar: isUnclaimed ? tools.describe?.(number) : undefined };
  };
  const [{ number, tenancySoFar }, passwordHash] = await Promise.all([
    meet(),
    tools.hashPassword(applicant.password),
  ]);

  const at = now();
  const pending = pendingUser(userId, user, { passwordHash, createdAt: at });
  const [isNew] = await store.users.createPending(pending);
  const before = isNew ? null : await begunBefore(tools, applicant);
  if (before) return before;

  const [owned] = await Promise.all([
    store.handles.reserveMany(handlesOf(userId, user)),
    store.accounts.open(...newAccounts(userId, user, at)),
    store.customers.create(...newCustomers(userId, user, at)),
  ]);
  if (!owned.every(Boolean)) return giveUp(tools, applicant, 'nickname_in_use');

  const rules = rulesOf(number);
  const seen = readWantedNumber({ number, rules, claim: null, now: at });
  const proven = { ...newPhone(userId, numberKey), userId, claimedAt: proof.provenAt };
  const claim = { ...firstClaim(proven, at), tenancy: tenancySoFar?.() ?? null };
  const late = decideWaitingTakeOver({ ...seen, ...proof, now: at });
  if (late.kind === 'refuse') return giveUp(tools, applicant, late.code);

  let formerClaimId: PhoneRequest['formerClaimId'] = null;
  if (seen.frozenSince === null) {
    const { made, doc } = await store.claims.begin(numberKey, claim);
    if (made) {
      const wake = await settleNewClaim(tools, { number, doc, claim });
      return open(tools, applicant, { made: { number, claim }, wake });
    }
    const holder = doc.claim;
    const { fate } = readWantedNumber({ number, rules, claim: holder, now: at });
    if (holder && fate && wasFaster(holder, fate, proof.issuedAt)) {
      return giveUp(tools, applicant, 'phone_in_use');
    }
    formerClaimId = holder?.claimId ?? null;
  } else {
    formerClaimId = (await store.claims.find(numberKey))?.claim?.claimId ?? null;
  }
  const request = await store.phoneRequests.begin({
    requestId: registrationId,
    kind: 'registration',
    userId,
    numberKey,
    claimId: claim.claimId,
    ...proof,
    formerClaimId,
    correlator: applicant.correlator,
    createdAt: at,
  });
  return { kind: 'asks-for-verdict', request };
}

const newUserOf = ({ registrationId, nickname, email, identity, proof, ...phone }: Applicant): NewUser => ({
  origin: { kind: 'registration', ref: registrationId },
  registeredAt: proof.provenAt,
  nickname,
  email,
  identity,
  password: null,
  accounts: [],
  phone: { ...phone, claimedAt: proof.provenAt },
});

async function open(
  { store }: RegistrationTools,
  { registrationId }: Applicant,
  about: Pick<Extract<Registered, { kind: 'registered' }>, 'made' | 'wake'>,
): Promise<Registered> {
  const userId = registeredUserId(registrationId);
  // Only a sweep that took it for abandoned can have closed this way, a quarter of an hour after its code was proven.
  return (await store.users.commit(userId))
    ? { kind: 'registered', userId, ...about }
    : { kind: 'refused', code: 'code_invalid' };
}

/** What came of a registration that was begun before, and whose answer was lost; null where it is to be gone on with. */
async function begunBefore(tools: RegistrationTools, applicant: Applicant): Promise<Registered | null> {
  const { store } = tools;
  const { registrationId, numberKey, nickname } = applicant;
  const request = await store.phoneRequests.find(registrationId);
  if (request) return { kind: 'asks-for-verdict', request };
  const userId = registeredUserId(registrationId);
  const user = await store.users.find(userId);
  if (user?.status === 'open' || user?.status === 'closed') {
    return { kind: 'registered', userId, made: null, wake: false };
  }
  if (user?.status === 'pending') return null;

  if (user) await withdraw(tools, user);
  const [handle] = handlesOf(userId, { nickname, email: null });
  const owner = handle ? await store.handles.ownerOf(handle.kind, handle.normalised) : null;
  if (owner) return { kind: 'refused', code: 'nickname_in_use' };
  const claims = await store.claims.find(numberKey);
  return { kind: 'refused', code: claims?.claim ? 'phone_in_use' : 'code_invalid' };
}

/** Refuses an applicant, and takes back what was written for it, unless its claim was made before a crash after all. */
async function giveUp(tools: RegistrationTools, applicant: Applicant, code: Refused): Promise<Registered> {
  const { store, now } = tools;
  const { registrationId, numberKey } = applicant;
  const userId = registeredUserId(registrationId);
  const claims = await store.claims.find(numberKey);
  const { claimId } = newPhone(userId, numberKey);
  if (claims && wasMade(claims, claimId)) {
    const toWake = await settleClaims(tools, [{ numberKey, claimId }]);
    return open(tools, applicant, { made: null, wake: toWake.has(numberKey) });
  }
  if (await store.users.abandon(userId, now())) {
    const user = await store.users.find(userId);
    if (user) await withdraw(tools, user);
  }
  await store.evidence.add(refusal({ registrationId, numberKey, code, at: now() }));
  return { kind: 'refused', code };
}

/** What support reads of a registration that was refused without a carrier's word. */
export const refusal = ({
  registrationId,
  numberKey,
  code,
  at,
}: {
  registrationId: string;
  numberKey: NumberKey;
  code: string;
  at: Instant;
}): Evidence => ({
  evidenceId: `${registrationId}:refused`,
  numberKey,
  kind: 'decision',
  code: 'registration.refused',
  at,
  actor: 'linekeeper',
  claimId: null,
  userId: null,
  details: { registrationId, reason: code },
});
