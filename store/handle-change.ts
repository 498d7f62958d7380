import { randomUUID } from 'node:crypto';
import { type Email, emailKey, type Nickname, nicknameKey } from '../domain/handle.ts';
import type { ClaimId, EmailTokenId, UserId } from '../domain/ids.ts';
import type { DurationMs, Instant } from '../domain/instant.ts';
import type { HandleKind } from './handles.ts';
import type { Store } from './store.ts';
import type { EmailOrigin, PasswordOrigin } from './user-doc.ts';
import type { OpenChange, RestsOn } from './user-names.ts';

type Stores = Pick<Store, 'handles' | 'users'>;

/** A handle that a user is to have: a nickname, or the e-mail that a token proved. */
export type WantedHandle =
  | {
      readonly kind: 'nickname';
      readonly to: Nickname;
      /** The epoch that the user must still be in. */
      readonly epoch: number;
    }
  | {
      readonly kind: 'email';
      readonly to: Email;
      readonly tokenId: EmailTokenId;
      /** The epoch that the user must still be in; null where any will do. */
      readonly epoch: number | null;
      /** The login in which it was asked for, where that was by a code of the phone; null for any other. */
      readonly byCode: PasswordOrigin | null;
    };

/**
 * What came of a change. `taken`: another user has the handle; `busy`: another change of this user is under way; `stale`:
 * what it rests on is over: the user is closed, the epoch past, or another e-mail was given since.
 */
export type HandleChanged = 'changed' | 'taken' | 'busy' | 'stale';

/** A change takes a few writes. Whoever has made none of them for so long is dead, or too late. */
const leftBehindAfter: DurationMs = 10_000;

const keyOf = (kind: HandleKind, text: string): string =>
  kind === 'nickname' ? nicknameKey(text as Nickname) : emailKey(text as Email);

/**
 * Gives a user another handle. The new one is reserved, then the user's document says that it is the user's, then the
 * old one is freed; so at every instant the user can be named by the handle that its document shows. What a crash leaves
 * half done stands in the user's document, and the next change or the sweep finishes it or takes it back.
 */
export async function changeHandle(
  store: Stores,
  { userId, now, ...wanted }: WantedHandle & { userId: UserId; now: Instant },
): Promise<HandleChanged> {
  const { kind, to } = wanted;
  const begun = await begin(store, { userId, kind, to, at: now });
  if (begun === null || begun === 'busy') return begun ?? 'stale';
  const { change } = begun;
  if (!(await store.handles.reserve({ kind, normalised: keyOf(kind, to), userId }))) {
    await settle(store, change);
    return 'taken';
  }
  const written =
    wanted.kind === 'nickname'
      ? await store.users.setNickname({ ...change, ...wanted })
      : await store.users.setEmail({ ...change, ...wanted, origin: originOf(wanted, begun) });
  await settle(store, change);
  return written ? 'changed' : 'stale';
}

/**
 * What an e-mail rests on, where that is a code of the phone alone: of the login in which it was asked for, or of the
 * password by which that was done. Of several in a row the first counts, with the e-mail before it.
 */
function originOf(
  { byCode }: { byCode: PasswordOrigin | null },
  { change, restsOn }: Begun,
): EmailOrigin | null {
  const proof = byCode ?? restsOn.password;
  if (proof === null) return null;
  const before = restsOn.email?.claimId === proof.claimId ? restsOn.email : null;
  return before
    ? { ...before, at: Math.min(before.at, proof.at) }
    : { claimId: proof.claimId, at: proof.at, former: change.from };
}

/**
 * Takes away an e-mail that somebody verified on nothing but a code of a claim's phone, at or after an instant: the
 * number may have been a stranger's by then. The e-mail before it is the user's again, unless somebody else has it.
 * True where there was one. May be done again after a crash; what was left half done the sweep finishes.
 */
export async function voidEmail(
  store: Stores,
  stranger: { userId: UserId; claimId: ClaimId; since: Instant; at: Instant },
): Promise<boolean> {
  let voiding = await store.users.beginVoiding({ ...stranger, changeId: randomUUID() });
  if (voiding && !voiding.begun) {
    // Whoever is at it is a stranger too, or its session has ended.
    await finish(store, voiding.change);
    voiding = await store.users.beginVoiding({ ...stranger, changeId: randomUUID() });
  }
  if (!voiding?.begun) return false;
  const { change, former } = voiding;
  const { userId } = stranger;
  if (
    former &&
    (await store.handles.reserve({ kind: 'email', normalised: keyOf('email', former), userId }))
  ) {
    await store.users.restoreEmail(change);
  }
  await settle(store, change);
  return true;
}

/** A change that began, and what the user's names rest on by then. */
type Begun = { readonly change: OpenChange; readonly restsOn: RestsOn };

async function begin(
  store: Stores,
  wanted: { userId: UserId; kind: HandleKind; to: Nickname | Email; at: Instant },
): Promise<Begun | 'busy' | null> {
  const first = await store.users.beginChange({ ...wanted, changeId: randomUUID() });
  if (first === null) return null;
  if (first.begun) return first;
  if (wanted.at - first.change.at < leftBehindAfter) return 'busy';
  await finish(store, first.change);
  const second = await store.users.beginChange({ ...wanted, changeId: randomUUID() });
  if (second === null) return null;
  return second.begun ? second : 'busy';
}

/** Frees whichever of the two handles isn't the user's, and ends the change; nothing where it was taken over. */
async function settle(store: Stores, change: OpenChange): Promise<void> {
  const { userId, kind, from, to } = change;
  const now = await store.users.heldIn(change);
  if (now === null) return;
  const held = now.handle === null ? null : keyOf(kind, now.handle);
  for (const text of [to, from]) {
    const normalised = text === null ? null : keyOf(kind, text);
    if (normalised !== null && normalised !== held) await store.handles.free({ kind, normalised, userId });
  }
  await store.users.endChange(change);
}

/** Finishes a change that somebody left behind, or takes it back. */
async function finish(store: Stores, { changeId, ...change }: OpenChange): Promise<void> {
  const newId = randomUUID();
  // From here on whoever began it writes nothing more into the user's document.
  if (await store.users.takeOverChange({ userId: change.userId, changeId, newId })) {
    await settle(store, { ...change, changeId: newId });
  }
}

/** Finishes the changes that crashes left behind. Tells how many. */
export async function finishHandleChanges(
  store: Stores,
  { now, limit }: { now: Instant; limit: number },
): Promise<number> {
  const changes = await store.users.changesSince({ before: now - leftBehindAfter, limit });
  for (const change of changes) await finish(store, change);
  return changes.length;
}
