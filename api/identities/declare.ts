import type { IdentityMismatch } from '../../carriers/province.ts';
import type { IdNumber } from '../../domain/id-number.ts';
import { asCustomerId, type CustomerId } from '../../domain/ids.ts';
import type { DurationMs, Instant } from '../../domain/instant.ts';
import { normaliseName, type PersonName, sameName } from '../../domain/person-name.ts';
import { derivedId } from '../../store/derived-id.ts';
import type { NumberRecord } from '../../store/numbers.ts';
import type { PasswordOrigin, User } from '../../store/users.ts';
import type { IdentitySays } from '../../verdicts/person.ts';
import type { Verdicts } from '../../verdicts/verdicts.ts';
import type { ApiDependencies } from '../dependencies.ts';
import { loginByCodeOf, type UserSession } from '../middleware/user-session.ts';
import { Problem } from '../problem.ts';

/** What identities are declared with. */
export type IdentityTools = Pick<ApiDependencies, 'store' | 'hasher' | 'registry'> &
  Pick<Verdicts, 'verifyIdentity'>;

/** The person that a user says to be. */
export interface DeclaredPerson {
  readonly name: PersonName;
  readonly idNumber: IdNumber;
}

/** What support reads of an identity that was kept. */
const noted = {
  match: 'identity.verified',
  'no-match': 'identity.declared',
  unknown: 'identity.declared',
} as const satisfies Record<IdentitySays, string>;

/** An outcome is promised within 2 seconds; what the carrier hasn't said by then it may say the next time. */
const carrierWithin: DurationMs = 1_700;

/**
 * Notes who a user is. The carrier of the login phone is asked, where the user has one: a match verifies the identity, a
 * mismatch refuses it unless the province's policy keeps it; without an answer it is only declared. The same identity
 * again changes nothing but that the carrier is asked again while it isn't verified. Throws the `Problem`s
 * `identity_verified` for another identity than the verified one, `identity_mismatch`, `change_in_progress`, and
 * `session_required` where the user's session ended meanwhile.
 */
export async function declareIdentity(
  tools: IdentityTools,
  {
    session: { user, ...session },
    person,
    ref,
    at,
  }: { session: UserSession; person: DeclaredPerson; ref: string; at: Instant },
): Promise<void> {
  const { store } = tools;
  const known = user.customerId && (await store.customers.find(user.customerId));
  const isSame = known !== null && sameName(known.name, person.name) && known.idNumber === person.idNumber;
  if (known && known.verifiedAt !== null) {
    if (isSame) return;
    throw new Problem('identity_verified');
  }

  const number = await loginNumberOf(tools, user);
  const says = number ? await askCarrier(tools, { number, person }) : 'unknown';
  const isRefused = says === 'no-match' && number !== null && mismatchPolicy(tools, number) === 'refuse';
  const customerId = isSame ? known.customerId : idOf(tools, user, person);
  const byCode = loginByCodeOf({ user, ...session });
  if (!isRefused) await write(tools, { user, byCode, customerId, person, says, at });
  if (number && user.phone) {
    await store.evidence.add({
      evidenceId: `${ref}:identity`,
      numberKey: number.numberKey,
      kind: 'decision',
      code: isRefused ? 'identity.refused' : noted[says],
      at,
      actor: 'linekeeper',
      claimId: user.phone.claimId,
      userId: user.userId,
      details: { carrier: says, province: number.province, system: number.system },
    });
  }
  if (isRefused) throw new Problem('identity_mismatch');
}

/** Each identity of a user is a customer of its own, so that what is asked about one never verifies another. */
function idOf({ hasher }: IdentityTools, { userId }: User, { name, idNumber }: DeclaredPerson): CustomerId {
  const identity = hasher.blindIndex('identity', `${normaliseName(name)}\0${idNumber}`);
  return asCustomerId(derivedId('customer', userId, identity));
}

/** The number that the user logs in by; null without one, and while nobody holds it. */
async function loginNumberOf({ store }: IdentityTools, { phone }: User): Promise<NumberRecord | null> {
  if (!phone) return null;
  const [claims, number] = await Promise.all([
    store.claims.find(phone.numberKey),
    store.numbers.find(phone.numberKey),
  ]);
  const claim = claims?.claim;
  return claim?.claimId === phone.claimId && claim.state === 'active' ? number : null;
}

const askCarrier = (
  { verifyIdentity }: IdentityTools,
  { number, person }: { number: NumberRecord; person: DeclaredPerson },
): Promise<IdentitySays> =>
  verifyIdentity({
    number,
    home: { province: number.province, system: number.system },
    customer: person,
    withinMs: carrierWithin,
  });

/** A number whose province has left the registry is treated as carefully as any. */
const mismatchPolicy = ({ registry }: IdentityTools, { province }: NumberRecord): IdentityMismatch =>
  registry.provinceOf(province)?.identityMismatch ?? 'refuse';

async function write(
  { store }: IdentityTools,
  {
    user: { userId, epoch, customerId: former },
    byCode,
    customerId,
    person,
    says,
    at,
  }: {
    user: User;
    byCode: PasswordOrigin | null;
    customerId: CustomerId;
    person: DeclaredPerson;
    says: IdentitySays;
    at: Instant;
  },
): Promise<void> {
  // The user first: a customer that nobody names would stay for ever, one that is named and missing is written again.
  if (!(await store.users.setCustomer({ userId, epoch, customerId, former, byCode }))) {
    const now = await store.users.find(userId);
    throw new Problem(
      now?.status === 'open' && now.epoch === epoch ? 'change_in_progress' : 'session_required',
    );
  }
  const verifiedAt = says === 'match' ? at : null;
  await store.customers.create({ customerId, ...person, verifiedAt, createdAt: at });
  if (says === 'match') await store.customers.verify(customerId, at);
  if (former === null || former === customerId || (await store.customers.forget(former))) return;
  // A carrier confirmed the one before in the meantime: that one stays.
  await store.users.setCustomer({ userId, epoch, customerId: former, former: customerId, byCode: null });
  throw new Problem('identity_verified');
}
