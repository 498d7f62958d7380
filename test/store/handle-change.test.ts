import { randomUUID } from 'node:crypto';
import { type Email, emailKey, type Nickname, nicknameKey } from '../../domain/handle.ts';
import { asEmailTokenId, asUserId, type UserId } from '../../domain/ids.ts';
import { changeHandle, finishHandleChanges } from '../../store/handle-change.ts';
import type { HandleKind } from '../../store/handles.ts';
import type { Store } from '../../store/store.ts';
import { crashable, sides } from '../import/crashing-store.ts';
import { openTestStore } from './open-store.ts';

let store: Store;
let close: () => Promise<void>;
let crashing: ReturnType<typeof crashable>;

beforeAll(async () => {
  ({ store, close } = await openTestStore());
  crashing = crashable(store);
});
afterAll(() => close());

const now = Date.parse('2026-11-25T08:00:00Z');
const nick = (text: string) => text as Nickname;
const mail = (text: string) => text as Email;

/** An open user that goes by a nickname and a verified e-mail. */
async function user(names: { nickname?: string; email?: string } = {}): Promise<UserId> {
  const userId = asUserId(randomUUID());
  const { nickname = null, email = null } = names;
  await store.users.createPending({
    userId,
    nickname,
    email,
    emailVerified: email !== null,
    passwordHash: null,
    customerId: null,
    phone: null,
    registeredAt: now,
    createdAt: now,
  });
  if (nickname) await store.handles.reserve({ kind: 'nickname', normalised: nickname, userId });
  if (email) await store.handles.reserve({ kind: 'email', normalised: email, userId });
  await store.users.commit(userId);
  return userId;
}

const ownerOf = (kind: HandleKind, text: string) =>
  store.handles.ownerOf(kind, kind === 'nickname' ? nicknameKey(nick(text)) : emailKey(mail(text)));

/** An e-mail that the user asked for, and the token that proves it. */
async function asked(userId: UserId, email: string) {
  const tokenId = asEmailTokenId(randomUUID());
  expect(await store.users.askEmail({ userId, epoch: null, tokenId, email: mail(email) })).toBe(true);
  return { userId, kind: 'email' as const, to: mail(email), tokenId, epoch: null, byCode: null, now };
}

const rename = (userId: UserId, to: string, at = now) =>
  changeHandle(store, { userId, kind: 'nickname', to: nick(to), epoch: 0, now: at });

describe('changeHandle', () => {
  it('a nickname that is free → the user’s, and the old one is free', async () => {
    const userId = await user({ nickname: 'aspen' });
    expect(await rename(userId, 'Birch')).toBe('changed');
    expect((await store.users.find(userId))?.nickname).toBe('Birch');
    expect(await ownerOf('nickname', 'birch')).toBe(userId);
    expect(await ownerOf('nickname', 'aspen')).toBeNull();
  });

  it('a nickname of another user, or one that looks like it → taken, nothing changed', async () => {
    const other = await user({ nickname: 'cedar' });
    const userId = await user({ nickname: 'dogwood' });
    expect(await rename(userId, 'сedar')).toBe('taken');
    expect((await store.users.find(userId))?.nickname).toBe('dogwood');
    expect(await ownerOf('nickname', 'cedar')).toBe(other);
    expect(await ownerOf('nickname', 'dogwood')).toBe(userId);
    expect(await rename(userId, 'elm tree')).toBe('changed');
  });

  it('the same nickname in other letters → shown anew, still the user’s', async () => {
    const userId = await user({ nickname: 'fir tree' });
    await store.handles.reserve({ kind: 'nickname', normalised: nicknameKey(nick('fir tree')), userId });
    expect(await rename(userId, 'Fir Tree')).toBe('changed');
    expect((await store.users.find(userId))?.nickname).toBe('Fir Tree');
    expect(await ownerOf('nickname', 'fir tree')).toBe(userId);
  });

  it('a closed user → stale, and nothing is reserved', async () => {
    const userId = await user();
    await store.users.model.updateOne({ _id: userId as string }, { $set: { status: 'closed' } });
    expect(await rename(userId, 'ginkgo')).toBe('stale');
    expect(await ownerOf('nickname', 'ginkgo')).toBeNull();
  });

  it('a nickname in an epoch that is over → stale, and nothing is reserved', async () => {
    const userId = await user({ nickname: 'gorse' });
    await store.users.raiseEpoch(userId, 'released');
    expect(await rename(userId, 'heather')).toBe('stale');
    expect((await store.users.find(userId))?.nickname).toBe('gorse');
    expect(await ownerOf('nickname', 'heather')).toBeNull();
  });

  it('50 users who want one nickname at one instant → exactly one has it', async () => {
    const users = await Promise.all(Array.from({ length: 50 }, () => user()));
    const outcomes = await Promise.all(users.map((userId) => rename(userId, 'hazel')));
    expect(outcomes.filter((outcome) => outcome === 'changed')).toHaveLength(1);
    expect(outcomes.filter((outcome) => outcome === 'taken')).toHaveLength(49);
    expect(await ownerOf('nickname', 'hazel')).toBe(users[outcomes.indexOf('changed')]);
  });

  it('20 changes of one user at one instant → it has the one that it shows, and no other', async () => {
    const userId = await user();
    const wanted = Array.from({ length: 20 }, (_, index) => `ivy${index}`);
    const outcomes = await Promise.all(wanted.map((name) => rename(userId, name)));
    expect(outcomes).toContain('changed');
    expect(outcomes.filter((outcome) => outcome !== 'changed' && outcome !== 'busy')).toEqual([]);
    const shown = (await store.users.find(userId))?.nickname;
    const owners = await Promise.all(wanted.map((name) => ownerOf('nickname', name)));
    expect(wanted.filter((_, index) => owners[index] === userId)).toEqual([shown]);
  });

  it('an e-mail that was proven → verified, and the one before is free', async () => {
    const userId = await user({ email: 'juniper@example.com' });
    expect(await changeHandle(store, await asked(userId, 'kapok@example.com'))).toBe('changed');
    expect(await store.users.find(userId)).toMatchObject({ email: 'kapok@example.com', emailVerified: true });
    expect(await ownerOf('email', 'kapok@example.com')).toBe(userId);
    expect(await ownerOf('email', 'juniper@example.com')).toBeNull();
  });

  it('an e-mail given before another one → stale: only the last one can be proven', async () => {
    const userId = await user();
    const first = await asked(userId, 'larch@example.com');
    const second = await asked(userId, 'maple@example.com');
    expect(await changeHandle(store, first)).toBe('stale');
    expect(await ownerOf('email', 'larch@example.com')).toBeNull();
    expect(await changeHandle(store, second)).toBe('changed');
    expect(await changeHandle(store, first)).toBe('stale');
    expect(await store.users.find(userId)).toMatchObject({ email: 'maple@example.com', emailVerified: true });
  });

  it('an e-mail given in an epoch that is over → stale, and nothing is reserved', async () => {
    const userId = await user();
    const wanted = { ...(await asked(userId, 'nutmeg@example.com')), epoch: 0 };
    await store.users.raiseEpoch(userId, 'released');
    expect(await changeHandle(store, wanted)).toBe('stale');
    expect(await ownerOf('email', 'nutmeg@example.com')).toBeNull();
    expect(await store.users.find(userId)).toMatchObject({ emailVerified: false });
  });

  it('a user without a verified e-mail asks → shown, and reserves nothing', async () => {
    const userId = await user();
    await asked(userId, 'oak@example.com');
    expect(await store.users.find(userId)).toMatchObject({ email: 'oak@example.com', emailVerified: false });
    expect(await ownerOf('email', 'oak@example.com')).toBeNull();
  });

  it('a user with a verified e-mail asks → keeps it until the new one is proven', async () => {
    const userId = await user({ email: 'palm@example.com' });
    await asked(userId, 'quince@example.com');
    expect(await store.users.find(userId)).toMatchObject({ email: 'palm@example.com', emailVerified: true });
    expect(await ownerOf('email', 'palm@example.com')).toBe(userId);
  });
});

describe('a crash in the middle of a change', () => {
  const points = Array.from({ length: 5 }, (_, index) => index + 1).flatMap((atWrite) =>
    sides.filter((side) => side !== 'half').map((side) => ({ atWrite, side })),
  );

  it('a change has five writes', async () => {
    const userId = await user({ nickname: 'rowan' });
    expect(await crashing.run(() => rename(userId, 'sorrel'), null)).toEqual({ crashed: false, writes: 5 });
  });

  it.each(points)(
    '$side write $atWrite, and the sweep → shown is reserved, all else is free',
    async ({ atWrite, side }) => {
      const [old, wanted] = [`old ${randomUUID()}`, `new ${randomUUID()}`].map((text) => text.slice(0, 20));
      const userId = await user();
      await rename(userId, String(old));
      const { crashed } = await crashing.run(() => rename(userId, String(wanted)), { atWrite, side });
      expect(crashed).toBe(true);

      await finishHandleChanges(store, { now: now + 60_000, limit: 10 });
      const shown = (await store.users.find(userId))?.nickname;
      expect([old, wanted]).toContain(shown);
      for (const name of [old, wanted]) {
        expect(await ownerOf('nickname', String(name))).toBe(name === shown ? userId : null);
      }
      expect(await finishHandleChanges(store, { now: now + 60_000, limit: 10 })).toBe(0);
    },
  );

  it.each(points)('$side write $atWrite, and the user asks again → done', async ({ atWrite, side }) => {
    const [old, wanted] = [`old ${randomUUID()}`, `new ${randomUUID()}`].map((text) => text.slice(0, 20));
    const userId = await user();
    await rename(userId, String(old));
    await crashing.run(() => rename(userId, String(wanted)), { atWrite, side });
    expect(await rename(userId, String(wanted), now + 60_000)).toBe('changed');
    expect(await ownerOf('nickname', String(wanted))).toBe(userId);
    expect(await ownerOf('nickname', String(old))).toBeNull();
  });

  it.each(points)(
    '$side write $atWrite of an e-mail, and its token again → verified',
    async ({ atWrite, side }) => {
      const email = `${randomUUID()}@example.com`;
      const before = `${randomUUID()}@example.com`;
      const userId = await user({ email: before });
      const wanted = await asked(userId, email);
      await crashing.run(() => changeHandle(store, wanted), { atWrite, side });
      await changeHandle(store, { ...wanted, now: now + 60_000 });
      expect(await store.users.find(userId)).toMatchObject({ email, emailVerified: true });
      expect(await ownerOf('email', email)).toBe(userId);
      expect(await ownerOf('email', before)).toBeNull();
    },
  );

  it('one that goes on after it was taken over → writes nothing any more', async () => {
    const userId = await user({ nickname: 'teasel' });
    const { reserve } = store.handles;
    const slow: Store['handles'] = {
      ...store.handles,
      reserve: async (handle) => {
        expect(await rename(userId, 'umbel', now + 60_000)).toBe('changed');
        return reserve.call(store.handles, handle);
      },
    };
    const wanted = { userId, kind: 'nickname' as const, to: nick('violet'), epoch: 0, now };
    expect(await changeHandle({ ...store, handles: slow }, wanted)).toBe('stale');
    expect((await store.users.find(userId))?.nickname).toBe('umbel');
    expect(await ownerOf('nickname', 'umbel')).toBe(userId);
  });
});
