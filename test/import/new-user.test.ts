import type { NumberEvent } from '../../domain/number/event.ts';
import { createUser } from '../../store/new-user.ts';
import type { Store } from '../../store/store.ts';
import { openTestStore } from '../store/open-store.ts';
import { claimedAt, contents, day, empty, now, provenPhone, richUser, toolsOf } from './new-users.ts';

let store: Store;
let close: () => Promise<void>;

beforeAll(async () => {
  ({ store, close } = await openTestStore());
});
afterAll(() => close());
beforeEach(() => empty(store));

const { numberKey, phone, home } = provenPhone(1);

/** What the province reported of the number, some days before now. */
async function reported(...events: { type: NumberEvent['type']; daysAgo: number }[]) {
  await store.numbers.write([
    {
      numberKey,
      phone,
      ...home,
      events: events.map(({ type, daysAgo }, index) => ({
        key: `s:${index}`,
        id: String(index),
        type,
        at: now - daysAgo * day,
        receivedAt: now - daysAgo * day,
        ...home,
        lineId: null,
        joined: null,
        retracts: null,
      })),
      provenAt: [],
      phase: 'ended',
      freezeEndsAt: null,
      fromVersion: 0,
    },
  ]);
}

const created = async (index: number, change = {}) => {
  const outcome = await createUser(toolsOf(store), richUser(`import-1:${index}`, index, change));
  if (!outcome.ok) throw new Error(outcome.code);
  return outcome;
};

describe('createUser', () => {
  it('a free number, handles and money → an open user that holds them, and a ledger that sums to zero', async () => {
    const { userId, toWake } = await created(1);
    expect(toWake).toBeNull();
    expect(await store.users.find(userId)).toMatchObject({
      status: 'open',
      nickname: 'nick 1',
      email: 'user1@example.com',
      emailVerified: true,
      phone: { numberKey },
      registeredAt: claimedAt,
    });
    const { claim } = (await store.claims.find(numberKey)) ?? {};
    expect(claim).toMatchObject({
      userId,
      state: 'active',
      claimedAt,
      anchoredAt: claimedAt,
      tenancy: null,
      samePerson: [],
    });
    expect(await store.numbers.find(numberKey)).toMatchObject({
      phone,
      ...home,
      provenAt: [claimedAt],
      phase: 'unknown',
    });
    expect(await store.evidence.ofNumber(numberKey)).toMatchObject([
      { kind: 'effect', code: 'claim.created', userId },
    ]);

    const accounts = await store.accounts.ofUser(userId);
    expect(accounts).toMatchObject([
      { kind: 'balance', amount: 12_345 },
      { kind: 'points', amount: 7 },
    ]);
    const { ledger } = await contents(store);
    const postings = ledger.flatMap((entry) => entry.postings as { accountId: string; amount: number }[]);
    expect(postings.reduce((sum, { amount }) => sum + amount, 0)).toBe(0);
    expect(postings.map(({ accountId }) => accountId)).toContain('system:import:balance');
  });

  it('no accounts listed → an empty balance account and no ledger entry', async () => {
    const { userId } = await created(1, { accounts: [] });
    expect(await store.accounts.ofUser(userId)).toMatchObject([{ kind: 'balance', amount: 0 }]);
    expect((await contents(store)).ledger).toEqual([]);
  });

  it('fifty users claim one number at once → exactly one has it, and nothing of the others is left (I1)', async () => {
    const outcomes = await Promise.all(
      Array.from({ length: 50 }, (_, index) =>
        createUser(toolsOf(store), richUser(`import-1:${index}`, index, { phone: provenPhone(1) })),
      ),
    );
    const [winner, ...others] = outcomes.filter(({ ok }) => ok);
    expect(others).toEqual([]);
    expect(outcomes.filter((outcome) => !outcome.ok && outcome.code === 'phone_in_use')).toHaveLength(49);
    const { users, customers, handles, accounts, ledger } = await contents(store);
    expect(users.filter(({ status }) => status === 'open').map(({ _id }) => _id)).toEqual([
      winner?.ok ? winner.userId : null,
    ]);
    expect([customers.length, handles.length, accounts.length, ledger.length]).toEqual([1, 2, 2, 2]);
    expect((await store.claims.find(numberKey))?.claim?.userId).toBe(winner?.ok ? winner.userId : null);
  });

  it.each([
    ['nickname', { email: null, phone: null }, 'nickname_in_use'],
    ['verified e-mail', { nickname: null, phone: null }, 'email_in_use'],
    ['number', { nickname: null, email: null }, 'phone_in_use'],
  ])('a %s that another user has → refused, and nothing is written', async (_, change, code) => {
    await created(1);
    const before = await contents(store);
    const outcome = await createUser(toolsOf(store), { ...richUser('import-2:1', 1), ...change });
    expect(outcome).toEqual({ ok: false, code });
    expect(await contents(store)).toEqual(before);
  });

  it('an e-mail that nobody verified → reserves nothing', async () => {
    const email = { address: richUser('x', 1).email?.address ?? '', verified: false };
    await created(2, { email });
    await created(3, { email });
    await created(1);
  });

  it('called again → the same user, and what happened to it since stays', async () => {
    const { userId } = await created(1);
    const claim = (await store.claims.find(numberKey))?.claim;
    if (!claim) throw new Error('no claim');
    await store.claims.release({
      numberKey,
      claimId: claim.claimId,
      since: claim.stateSince,
      at: now,
      cause: { kind: 'reissued', eventKey: 's:1' },
    });
    await store.users.dropPhone(userId, claim.claimId);
    const before = await contents(store);
    expect(await created(1)).toEqual({ ok: true, userId, toWake: null });
    expect(await contents(store)).toEqual(before);
  });

  it('the claim ended before its user was opened → the user is opened without it (I2)', async () => {
    const commitMany = jest.fn<Promise<never>, []>().mockRejectedValue(new Error('the process is gone'));
    const dying = { ...toolsOf(store), store: { ...store, users: { ...store.users, commitMany } } };
    await expect(createUser(dying, richUser('import-1:1', 1))).rejects.toThrow('gone');
    const claim = (await store.claims.find(numberKey))?.claim;
    if (!claim) throw new Error('no claim');
    const { claimId, userId, stateSince: since } = claim;
    await store.claims.release({
      numberKey,
      claimId,
      since,
      at: now,
      cause: { kind: 'reissued', eventKey: 's:1' },
    });
    await store.users.dropPhone(userId, claimId);

    expect(await created(1)).toMatchObject({ userId });
    expect(await store.users.find(userId)).toMatchObject({ status: 'open', phone: null });
    expect((await store.claims.find(numberKey))?.claim).toBeNull();
  });
});

describe('the claim of a user that comes in late', () => {
  const cancelled = { type: 'number.cancelled', daysAgo: 10 } as const;
  it.each([
    ['frozen since', 'suspended', [cancelled]],
    ['given to somebody else since', 'suspended', [{ type: 'number.transferred' as const, daysAgo: 10 }]],
    ['frozen and taken back', 'active', [cancelled, { type: 'number.reclaimed' as const, daysAgo: 5 }]],
    ['cancelled before the claim', 'active', [{ ...cancelled, daysAgo: 3_000 }]],
  ])('on a number %s → %s', async (_, state, events) => {
    await reported(...events);
    const { toWake } = await created(1);
    expect((await store.claims.find(numberKey))?.claim?.state).toBe(state);
    expect(toWake).toBe(state === 'suspended' ? numberKey : null);
    const { attendBy } = (await store.numbers.find(numberKey)) ?? {};
    expect(attendBy).toEqual(state === 'suspended' ? expect.any(Number) : null);
  });

  it('reported just before the claim was written → it is seen after it, and the number is to be woken', async () => {
    const claimMany: Store['claims']['claimMany'] = async (claims) => {
      const number = await store.numbers.find(numberKey);
      if (!number) throw new Error('no number');
      const event = {
        key: 's:9',
        id: '9',
        type: 'number.cancelled',
        at: now - day,
        receivedAt: now,
        ...home,
      } as const;
      await store.numbers.write([
        {
          ...number,
          events: [{ ...event, lineId: null, joined: null, retracts: null }],
          fromVersion: number.version,
        },
      ]);
      return store.claims.claimMany(claims);
    };
    const racing = { ...toolsOf(store), store: { ...store, claims: { ...store.claims, claimMany } } };
    const outcome = await createUser(racing, richUser('import-1:1', 1));
    expect(outcome).toMatchObject({ ok: true, toWake: numberKey });
    expect(await store.numbers.find(numberKey)).toMatchObject({ phase: 'ended', provenAt: [claimedAt] });
  });
});
