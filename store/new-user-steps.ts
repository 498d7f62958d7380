import type { Email, Nickname } from '../domain/handle.ts';
import type { UserId } from '../domain/ids.ts';
import type { Instant } from '../domain/instant.ts';
import type { Passwords } from '../platform/passwords.ts';
import type { HandleKind } from './handles.ts';
import { makeClaims, type RulesOf, withdrawClaim } from './new-claim.ts';
import {
  handlesOf,
  type NewUser,
  newAccountIds,
  newAccounts,
  newCustomers,
  newPhone,
  pendingUser,
} from './new-user-records.ts';
import type { Store } from './store.ts';
import type { User } from './users.ts';

/** Why a user was not created: somebody else has what it was to have. */
export type Taken = 'phone_in_use' | 'nickname_in_use' | 'email_in_use';

/** What users are created with, and taken back. */
export interface NewUserTools {
  readonly store: Pick<
    Store,
    'accounts' | 'claims' | 'customers' | 'evidence' | 'handles' | 'numbers' | 'phoneRequests' | 'users'
  >;
  readonly rulesOf: RulesOf;
  readonly now: () => Instant;
}

/** What new users are made with beside: their passwords in clear are hashed late. */
export interface CreationTools extends NewUserTools {
  readonly passwords: Pick<Passwords, 'hash'>;
}

/** One user on its way, under the id of one attempt. */
export interface Candidate {
  readonly user: NewUser;
  readonly userId: UserId;
}

/** A candidate that wants what another user holds. */
export interface Refusal<C extends Candidate> {
  readonly candidate: C;
  readonly code: Taken;
}

const handleTaken = { nickname: 'nickname_in_use', email: 'email_in_use' } as const satisfies Record<
  HandleKind,
  Taken
>;

const phonesOf = ({ user, userId }: Candidate) =>
  user.phone === null ? [] : [{ ...newPhone(userId, user.phone.numberKey), userId, proven: user.phone }];

const ownHandles = ({ user, userId }: Candidate) => handlesOf(userId, user);

/** Who holds what candidates are to have, other than themselves: one refusal for each thing that is held. */
async function holdersOf<C extends Candidate>(
  { store }: NewUserTools,
  candidates: readonly C[],
): Promise<(Refusal<C> & { holder: UserId })[]> {
  const phones = candidates.flatMap((candidate) =>
    phonesOf(candidate).map(({ numberKey }) => ({ candidate, numberKey })),
  );
  const handles = candidates.flatMap((candidate) =>
    ownHandles(candidate).map((handle) => ({ candidate, handle })),
  );
  const [claims, owners] = await Promise.all([
    store.claims.findMany(phones.map(({ numberKey }) => numberKey)),
    store.handles.ownersOf(handles.map(({ handle }) => handle)),
  ]);
  const claimers = new Map(claims.map(({ _id, claim }) => [_id, claim?.userId ?? null]));
  return [
    ...phones.map(({ candidate, numberKey }) => ({
      candidate,
      code: 'phone_in_use' as const,
      holder: claimers.get(numberKey) ?? null,
    })),
    ...handles.map(({ candidate, handle }, index) => ({
      candidate,
      code: handleTaken[handle.kind],
      holder: owners[index] ?? null,
    })),
  ].flatMap(({ holder, ...refusal }) =>
    holder === null || holder === refusal.candidate.userId ? [] : [{ ...refusal, holder }],
  );
}

/** The candidates that want what another user holds, each once. To be asked first, for most of that has long been so. */
export async function heldBack<C extends Candidate>(
  tools: NewUserTools,
  candidates: readonly C[],
): Promise<Refusal<C>[]> {
  const refusals = await holdersOf(tools, candidates);
  return [...new Map(refusals.map((refusal) => [refusal.candidate, refusal])).values()];
}

/**
 * Writes all that belongs to candidates, the claims last. Each step may have been done before: `begun` are those whose
 * document is there already. Gives those that came too late for a handle or a number.
 */
export async function write<C extends Candidate>(
  tools: CreationTools,
  { fresh, begun }: { fresh: readonly C[]; begun: readonly C[] },
): Promise<Refusal<C>[]> {
  const { store, now, passwords } = tools;
  const passwordHashes = await Promise.all(
    fresh.map(({ user: { password } }) =>
      password && 'plain' in password ? passwords.hash(password.plain) : (password?.hash ?? null),
    ),
  );
  const at = now();
  const all = [...fresh, ...begun];
  await store.users.createPending(
    ...fresh.map(({ userId, user }, index) =>
      pendingUser(userId, user, { passwordHash: passwordHashes[index] ?? null, createdAt: at }),
    ),
  );
  await store.customers.create(...all.flatMap(({ userId, user }) => newCustomers(userId, user, at)));
  await store.accounts.open(...all.flatMap(({ userId, user }) => newAccounts(userId, user, at)));

  const handles = all.flatMap((candidate) => ownHandles(candidate).map((handle) => ({ candidate, handle })));
  const reserved = await store.handles.reserveMany(handles.map(({ handle }) => handle));
  const late = new Map<C, Taken>();
  for (const [index, { candidate, handle }] of handles.entries()) {
    if (!reserved[index]) late.set(candidate, handleTaken[handle.kind]);
  }

  const claims = all
    .filter((candidate) => !late.has(candidate))
    .flatMap((candidate) => phonesOf(candidate).map((claim) => ({ candidate, claim })));
  const made = await makeClaims(
    tools,
    claims.map(({ claim }) => claim),
  );
  for (const [index, { candidate }] of claims.entries()) {
    if (!made[index]) late.set(candidate, 'phone_in_use');
  }
  return [...late].map(([candidate, code]) => ({ candidate, code }));
}

/**
 * Gives a candidate up that was refused, and takes back what was written for it. False where it should be looked at
 * again: what it wants is held no more, or for a user that was itself given up, or somebody else has gone on with it.
 */
export async function giveUp(tools: NewUserTools, candidate: Candidate): Promise<boolean> {
  const { store, now } = tools;
  let isHeld = false;
  for (const { holder } of await holdersOf(tools, [candidate])) {
    const other = await store.users.find(holder);
    if (other?.status === 'abandoned') await withdraw(tools, other);
    else isHeld = true;
  }
  if (!isHeld) return false;
  const left = await store.users.find(candidate.userId);
  if (left === null) return true;
  if (!(await store.users.abandon(left.userId, now()))) return false;
  await withdraw(tools, left);
  return true;
}

/** Takes back all that was written for an abandoned user; its document stays until the sweep forgets it. */
export async function withdraw(tools: NewUserTools, user: User): Promise<void> {
  const { store } = tools;
  const { userId, phone, customerId } = user;
  const handles = handlesOf(userId, {
    nickname: user.nickname as Nickname | null,
    email: user.email === null ? null : { address: user.email as Email, verified: user.emailVerified },
  });
  for (const handle of handles) await store.handles.free(handle);
  if (phone) await withdrawClaim(tools, { ...phone, userId });
  await store.accounts.discard(newAccountIds(userId));
  if (customerId) await store.customers.remove(customerId);
}
