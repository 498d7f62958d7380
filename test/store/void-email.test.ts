import { randomUUID } from 'node:crypto';
import { type Email, emailKey } from '../../domain/handle.ts';
import { asClaimId, asEmailTokenId, asUserId, type UserId } from '../../domain/ids.ts';
import { changeHandle, finishHandleChanges, voidEmail } from '../../store/handle-change.ts';
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
const hour = 3_600_000;
const claimId = asClaimId('claim');
const mail = () => `${randomUUID()}@example.com` as Email;

/** An open user with a verified e-mail, or none. */
async function user(email: Email | null): Promise<UserId> {
  const userId = asUserId(randomUUID());
  const none = { nickname: null, passwordHash: null, customerId: null, phone: null };
  const at = { registeredAt: now, createdAt: now };
  await store.users.createPending({ ...none, ...at, userId, email, emailVerified: email !== null });
  if (email) await store.handles.reserve({ kind: 'email', normalised: emailKey(email), userId });
  await store.users.commit(userId);
  return userId;
}

/** Has the user's e-mail be another one, asked for in a login by a code at an instant, or in any other. */
async function verify(userId: UserId, to: Email, codeAt: number | null) {
  const tokenId = asEmailTokenId(randomUUID());
  await store.users.askEmail({ userId, epoch: null, tokenId, email: to });
  const byCode = codeAt === null ? null : { claimId, at: codeAt };
  const wanted = { kind: 'email' as const, userId, to, tokenId, epoch: null, byCode, now };
  expect(await changeHandle(store, wanted)).toBe('changed');
}

const voided = (userId: UserId, since = now) => voidEmail(store, { userId, claimId, since, at: now + hour });
const ownerOf = (email: Email) => store.handles.ownerOf('email', emailKey(email));
const shown = async (userId: UserId) => {
  const { email, emailVerified } = (await store.users.find(userId)) ?? {};
  return { email, emailVerified };
};

describe('voidEmail', () => {
  it('verified after a login by code, since the number had another holder → gone, and the one before is back', async () => {
    const [own, strangers] = [mail(), mail()];
    const userId = await user(own);
    await verify(userId, strangers, now + 1);
    expect(await voided(userId)).toBe(true);
    expect(await shown(userId)).toEqual({ email: own, emailVerified: true });
    expect(await ownerOf(own)).toBe(userId);
    expect(await ownerOf(strangers)).toBeNull();
    expect(await voided(userId)).toBe(false);
  });

  it('several in a row → the one before the first is back', async () => {
    const [own, first, second] = [mail(), mail(), mail()];
    const userId = await user(own);
    await verify(userId, first, now + 1);
    await verify(userId, second, now + 2);
    expect(await voided(userId)).toBe(true);
    expect(await shown(userId)).toEqual({ email: own, emailVerified: true });
    expect(await Promise.all([first, second].map(ownerOf))).toEqual([null, null]);
  });

  it('where there was none before → none', async () => {
    const strangers = mail();
    const userId = await user(null);
    await verify(userId, strangers, now + 1);
    expect(await voided(userId)).toBe(true);
    expect(await shown(userId)).toEqual({ email: null, emailVerified: false });
    expect(await ownerOf(strangers)).toBeNull();
  });

  it('where somebody else has verified the one before meanwhile → shown, and verified no more', async () => {
    const [own, strangers] = [mail(), mail()];
    const userId = await user(own);
    await verify(userId, strangers, now + 1);
    const next = await user(own);
    expect(await voided(userId)).toBe(true);
    expect(await shown(userId)).toEqual({ email: own, emailVerified: false });
    expect(await ownerOf(own)).toBe(next);
  });

  it('with a password that rests on a code alone → likewise', async () => {
    const strangers = mail();
    const userId = await user(null);
    const origin = { claimId, at: now + 1 };
    await store.users.setPassword({ userId, epoch: 0, passwordHash: 'x', origin, cause: 'reset' });
    await verify(userId, strangers, null);
    expect(await voided(userId)).toBe(true);
    expect(await ownerOf(strangers)).toBeNull();
  });

  it.each([
    ['in a login by password', null, now],
    ['in a login by code before there was another holder', now - 1, now],
  ])('%s → stays', async (_, codeAt, since) => {
    const email = mail();
    const userId = await user(null);
    await verify(userId, email, codeAt);
    expect(await voided(userId, since)).toBe(false);
    expect(await shown(userId)).toEqual({ email, emailVerified: true });
    expect(await ownerOf(email)).toBe(userId);
  });

  it('in a login by the code of another claim → stays', async () => {
    const email = mail();
    const userId = await user(null);
    await verify(userId, email, now + 1);
    const other = { userId, claimId: asClaimId('other'), since: now, at: now };
    expect(await voidEmail(store, other)).toBe(false);
    expect(await ownerOf(email)).toBe(userId);
  });

  it('verified again by its owner → stays from then on', async () => {
    const email = mail();
    const userId = await user(null);
    await verify(userId, email, now + 1);
    await verify(userId, email, null);
    expect(await voided(userId)).toBe(false);
  });

  it('while the stranger changes the nickname → gone all the same', async () => {
    const strangers = mail();
    const userId = await user(null);
    await verify(userId, strangers, now + 1);
    const { change } =
      (await store.users.beginChange({
        userId,
        changeId: 'x',
        kind: 'nickname',
        to: 'yew' as never,
        at: now,
      })) ?? {};
    expect(change).toBeDefined();
    expect(await voided(userId)).toBe(true);
    expect(await ownerOf(strangers)).toBeNull();
  });

  const points = [1, 2, 3, 4, 5].flatMap((atWrite) =>
    sides.filter((side) => side !== 'half').map((side) => ({ atWrite, side })),
  );

  it.each(points)(
    'a crash $side write $atWrite, again, and the sweep → nothing of the stranger is left',
    async ({ atWrite, side }) => {
      const [own, strangers] = [mail(), mail()];
      const userId = await user(own);
      await verify(userId, strangers, now + 1);
      await crashing.run(() => voided(userId), { atWrite, side });
      await voided(userId);
      await finishHandleChanges(store, { now: now + 2 * hour, limit: 10 });
      expect(await ownerOf(strangers)).toBeNull();
      const { email, emailVerified } = await shown(userId);
      expect(email).toBe(own);
      expect(await ownerOf(own)).toBe(emailVerified ? userId : null);
    },
  );
});
