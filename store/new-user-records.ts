import { type Email, emailKey, type Nickname, nicknameKey } from '../domain/handle.ts';
import type { IdNumber } from '../domain/id-number.ts';
import {
  type AccountId,
  asAccountId,
  asClaimId,
  asCustomerId,
  asUserId,
  type NumberKey,
  type UserId,
} from '../domain/ids.ts';
import type { Instant } from '../domain/instant.ts';
import type { PersonName } from '../domain/person-name.ts';
import { type AccountKind, accountKinds, type NewAccount } from './accounts.ts';
import type { Customer } from './customers.ts';
import { derivedId } from './derived-id.ts';
import type { Handle, HandleKind } from './handles.ts';
import type { OpeningCause } from './ledger.ts';
import type { ProvenPhone } from './new-claim.ts';
import type { User, UserPhone } from './users.ts';

/** A user to be created. */
export interface NewUser {
  /** What asked for it, and the name of that (`importId:line`): the same origin again gives the same user. */
  readonly origin: { readonly kind: OpeningCause['kind']; readonly ref: string };
  readonly registeredAt: Instant;
  readonly nickname: Nickname | null;
  /** Only a verified one is a login; another one reserves nothing. */
  readonly email: { readonly address: Email; readonly verified: boolean } | null;
  /** A plain one is hashed when it is clear that nothing of the user is taken. */
  readonly password: { readonly plain: string } | { readonly hash: string } | null;
  readonly identity: {
    readonly name: PersonName;
    readonly idNumber: IdNumber;
    readonly verifiedAt: Instant | null;
  } | null;
  /** The accounts with what is in them, in fen or points; a balance account is always opened. */
  readonly accounts: readonly { readonly kind: AccountKind; readonly amount: number }[];
  readonly phone: ProvenPhone | null;
}

/**
 * The id of a user by what asked for it. An attempt that was given up leaves its id behind: what still writes for it
 * can never touch a later attempt.
 */
export const newUserId = ({ kind, ref }: NewUser['origin'], attempt: number): UserId =>
  asUserId(derivedId('user', kind, ref, attempt));

/** A user's claim on a number, as the user's document repeats it. All other ids of a new user follow from its own too. */
export const newPhone = (userId: UserId, numberKey: NumberKey): UserPhone => ({
  numberKey,
  claimId: asClaimId(derivedId('claim', userId)),
});

/** The ids of all accounts that a new user may have been given. */
export const newAccountIds = (userId: UserId): AccountId[] =>
  accountKinds.map((kind) => accountIdOf(userId, kind));

const accountIdOf = (userId: UserId, kind: AccountKind): AccountId =>
  asAccountId(derivedId('account', userId, kind));

const customerIdOf = (userId: UserId) => asCustomerId(derivedId('customer', userId));

/** The handles of a user: what it can be named by beside the phone. */
export function handlesOf(
  userId: UserId,
  { nickname, email }: Pick<NewUser, 'nickname' | 'email'>,
): (Handle & { kind: HandleKind })[] {
  return [
    ...(nickname === null ? [] : [{ kind: 'nickname' as const, normalised: nicknameKey(nickname), userId }]),
    ...(email?.verified ? [{ kind: 'email' as const, normalised: emailKey(email.address), userId }] : []),
  ];
}

/** The document of a new user, pending. */
export function pendingUser(
  userId: UserId,
  { nickname, email, identity, phone, registeredAt }: NewUser,
  { passwordHash, createdAt }: { passwordHash: string | null; createdAt: Instant },
): Omit<User, 'status' | 'epoch'> {
  return {
    userId,
    nickname,
    email: email?.address ?? null,
    emailVerified: email?.verified ?? false,
    passwordHash,
    customerId: identity && customerIdOf(userId),
    phone: phone && newPhone(userId, phone.numberKey),
    registeredAt,
    createdAt,
  };
}

/** The customer of a new user: nobody, or the person that it was declared to be. */
export function newCustomers(userId: UserId, { identity }: NewUser, createdAt: Instant): Customer[] {
  if (identity === null) return [];
  const { name, idNumber, verifiedAt } = identity;
  return [{ customerId: customerIdOf(userId), name, idNumber, verifiedAt, createdAt }];
}

/** The accounts of a new user, with the entries that bring what is in them from outside. */
export function newAccounts(userId: UserId, { origin, accounts }: NewUser, at: Instant): NewAccount[] {
  return accountKinds.flatMap((kind) => {
    const amount = accounts.find((account) => account.kind === kind)?.amount;
    if (amount === undefined && kind !== 'balance') return [];
    const accountId = accountIdOf(userId, kind);
    if (!amount) return [{ accountId, userId, kind }];
    const postings = [
      { accountId, amount },
      { accountId: `system:${origin.kind}:${kind}`, amount: -amount },
    ];
    const opening = { entryId: `${origin.ref}:${kind}:${accountId}`, at, cause: origin, postings };
    return [{ accountId, userId, kind, opening }];
  });
}
