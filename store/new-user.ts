import type { Email, Nickname } from '../domain/handle.ts';
import { emailKey, nicknameKey } from '../domain/handle.ts';
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
import { hashPassword } from '../platform/passwords.ts';
import { type AccountKind, accountKinds, type LedgerEntry } from './accounts.ts';
import { derivedId } from './derived-id.ts';
import type { HandleKind } from './handles.ts';
import { makeClaim, type ProvenPhone, type RulesOf, settleClaim, withdrawClaim } from './new-claim.ts';
import type { Store } from './store.ts';
import type { User, UserPhone } from './users.ts';

/** A user to be created. */
export interface NewUser {
  /** What asked for it, and the name of that (`importId:line`): the same origin again gives the same user. */
  readonly origin: { readonly kind: LedgerEntry['cause']['kind']; readonly ref: string };
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

/** Why a user was not created: somebody else has what it was to have. */
export type Taken = 'phone_in_use' | 'nickname_in_use' | 'email_in_use';

/** What came of creating a user. `toWake`: the number whose life has to look at the new claim, until then watched by the sweep. */
export type CreatedUser =
  | { readonly ok: true; readonly userId: UserId; readonly toWake: NumberKey | null }
  | { readonly ok: false; readonly code: Taken };

/** What users are created with. */
export interface NewUserTools {
  readonly store: Pick<
    Store,
    'accounts' | 'claims' | 'customers' | 'evidence' | 'handles' | 'numbers' | 'users'
  >;
  readonly rulesOf: RulesOf;
  readonly now: () => Instant;
}

/**
 * Creates a user with all that belongs to it, or nothing (DESIGN §5): pending user, customer, accounts, handles, then
 * the claim, whose write is the commit point, and the opening. After a crash anywhere, called again for the same
 * origin, it goes on where it stopped; if nobody does, the sweep opens or removes the user.
 */
export async function createUser(tools: NewUserTools, user: NewUser): Promise<CreatedUser> {
  const { store, now } = tools;
  // An attempt that was given up leaves its id behind: what still writes for it can never touch a later attempt.
  let attempt = 0;
  for (;;) {
    const userId = asUserId(derivedId('user', user.origin.kind, user.origin.ref, attempt));
    const known = await store.users.find(userId);
    if (known?.status === 'abandoned') {
      await withdraw(tools, known);
      attempt += 1;
      continue;
    }
    const phone = user.phone && phoneOf(userId, user.phone.numberKey);
    if (known && known.status !== 'pending') {
      return { ok: true, userId, toWake: phone && (await settleClaim(tools, phone)) };
    }
    const wanted = { user, userId };
    // Asked before anything is written, for most of what is taken has long been so.
    const [held] = known ? [] : await holdersOf(tools, wanted);
    const taken = held?.code ?? (await write(tools, wanted));
    if (taken === null) {
      const toWake = phone && (await settleClaim(tools, phone));
      if (await store.users.commit(userId)) return { ok: true, userId, toWake };
      // The sweep gave it up meanwhile.
      continue;
    }
    if (await clearAbandoned(tools, wanted)) continue;
    const left = await store.users.find(userId);
    if (left === null) return { ok: false, code: taken };
    if (await store.users.abandon(userId, now())) {
      await withdraw(tools, left);
      return { ok: false, code: taken };
    }
    // Somebody else gave it up, or opened it: look again.
  }
}

/**
 * Looks after users left pending since before an instant: one whose claim was made is opened, any other is removed
 * with all that was written for it. Gives how many of each.
 */
export async function removeAbandonedUsers({
  before,
  limit,
  ...tools
}: NewUserTools & { before: Instant; limit: number }): Promise<{ opened: number; removed: number }> {
  const { store, now } = tools;
  let opened = 0;
  let removed = 0;
  for (const user of await store.users.pendingSince({ before, limit })) {
    const { userId, phone } = user;
    if (phone && (await wasClaimed(tools, phone))) {
      await settleClaim(tools, phone);
      if (await store.users.commit(userId)) opened += 1;
    } else if (await store.users.abandon(userId, now())) {
      await withdraw(tools, user);
      removed += 1;
    }
  }
  // By now nobody writes for these any more. What a slow writer left after they were abandoned goes with them.
  for (const user of await store.users.abandonedSince({ before, limit })) {
    await withdraw(tools, user);
    await store.users.forget(user.userId);
  }
  return { opened, removed };
}

const accountIdOf = (userId: UserId, kind: AccountKind): AccountId =>
  asAccountId(derivedId('account', userId, kind));

const phoneOf = (userId: UserId, numberKey: NumberKey): UserPhone => ({
  numberKey,
  claimId: asClaimId(derivedId('claim', userId)),
});

const takenCodes = { nickname: 'nickname_in_use', email: 'email_in_use' } as const satisfies Record<
  HandleKind,
  Taken
>;

/** What the user can be named by beside the phone. */
function handlesOf({
  nickname,
  email,
}: Pick<NewUser, 'nickname' | 'email'>): { kind: HandleKind; normalised: string }[] {
  return [
    ...(nickname === null ? [] : [{ kind: 'nickname' as const, normalised: nicknameKey(nickname) }]),
    ...(email?.verified ? [{ kind: 'email' as const, normalised: emailKey(email.address) }] : []),
  ];
}

/** Who holds what the user is to have, other than itself. */
async function holdersOf(
  { store }: NewUserTools,
  { user, userId }: { user: NewUser; userId: UserId },
): Promise<{ code: Taken; holder: UserId }[]> {
  const claims = user.phone && (await store.claims.find(user.phone.numberKey));
  const holders: { code: Taken; holder: UserId | null }[] = [
    { code: 'phone_in_use', holder: claims?.claim?.userId ?? null },
  ];
  for (const { kind, normalised } of handlesOf(user)) {
    holders.push({ code: takenCodes[kind], holder: await store.handles.ownerOf(kind, normalised) });
  }
  return holders.flatMap(({ code, holder }) =>
    holder === null || holder === userId ? [] : [{ code, holder }],
  );
}

/** Takes from given-up users what they still hold. True when there was any: then it may be free now. */
async function clearAbandoned(
  tools: NewUserTools,
  wanted: { user: NewUser; userId: UserId },
): Promise<boolean> {
  let cleared = false;
  for (const { holder } of await holdersOf(tools, wanted)) {
    const other = await tools.store.users.find(holder);
    if (other?.status !== 'abandoned') continue;
    await withdraw(tools, other);
    cleared = true;
  }
  return cleared;
}

/** Writes all that belongs to the user, the claim last. Each step may have been done before. */
async function write(
  tools: NewUserTools,
  { user, userId }: { user: NewUser; userId: UserId },
): Promise<Taken | null> {
  const { store, now } = tools;
  const { origin, registeredAt, nickname, email, password, identity, phone } = user;
  const createdAt = now();
  const customerId = identity && asCustomerId(derivedId('customer', userId));
  await store.users.createPending({
    userId,
    nickname,
    email: email?.address ?? null,
    emailVerified: email?.verified ?? false,
    passwordHash: password && ('plain' in password ? await hashPassword(password.plain) : password.hash),
    customerId,
    phone: phone && phoneOf(userId, phone.numberKey),
    registeredAt,
    createdAt,
  });
  if (identity && customerId) {
    const { name, idNumber, verifiedAt } = identity;
    await store.customers.create({ customerId, name, idNumber, verifiedAt, createdAt });
  }

  for (const kind of accountKinds) {
    const amount = user.accounts.find((account) => account.kind === kind)?.amount;
    if (amount === undefined && kind !== 'balance') continue;
    const accountId = accountIdOf(userId, kind);
    await store.accounts.open({ accountId, userId, kind });
    if (!amount) continue;
    await store.accounts.post({
      entryId: `${origin.ref}:${kind}:${accountId}`,
      at: createdAt,
      cause: origin,
      postings: [
        { accountId, amount },
        { accountId: `system:${origin.kind}:${kind}`, amount: -amount },
      ],
    });
  }

  for (const { kind, normalised } of handlesOf(user)) {
    if (!(await store.handles.reserve({ kind, normalised, userId }))) return takenCodes[kind];
  }
  if (phone && !(await makeClaim(tools, { ...phoneOf(userId, phone.numberKey), userId, proven: phone }))) {
    return 'phone_in_use';
  }
  return null;
}

/** Whether the claim was made, also if it ended since. */
async function wasClaimed({ store }: NewUserTools, { numberKey, claimId }: UserPhone): Promise<boolean> {
  const claims = await store.claims.find(numberKey);
  return [claims?.claim, ...(claims?.released ?? [])].some((claim) => claim?.claimId === claimId);
}

/** Takes back all that was written for an abandoned user; its document stays until the sweep forgets it. */
async function withdraw(tools: NewUserTools, user: User): Promise<void> {
  const { store } = tools;
  const { userId, phone, customerId } = user;
  const handles = handlesOf({
    nickname: user.nickname as Nickname | null,
    email: user.email === null ? null : { address: user.email as Email, verified: user.emailVerified },
  });
  for (const { kind, normalised } of handles) await store.handles.free({ kind, normalised, userId });
  if (phone) await withdrawClaim(tools, { ...phone, userId });
  await store.accounts.discard(accountKinds.map((kind) => accountIdOf(userId, kind)));
  if (customerId) await store.customers.remove(customerId);
}
