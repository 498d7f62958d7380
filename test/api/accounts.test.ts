import { z } from 'zod';
import { entrySchema } from '../../api/schemas/account.ts';
import { asAccountId, asUserId } from '../../domain/ids.ts';
import { MOST_FEN } from '../../domain/money.ts';
import { openApi, type TestApi } from './api.ts';
import { expectProblem } from './problems.ts';

let api: TestApi;
let token: string;
const now = Date.now();
const page = z.strictObject({ items: z.array(entrySchema), nextCursor: z.string().nullable() });

beforeAll(async () => {
  api = await openApi();
  token = await api.token({ scope: 'accounts:write accounts:read' });
});
afterAll(() => api.close());

async function openUser(id: string, commit = true) {
  const userId = asUserId(id);
  await api.store.users.createPending({
    userId,
    nickname: null,
    email: null,
    emailVerified: false,
    passwordHash: null,
    customerId: null,
    phone: null,
    registeredAt: now,
    createdAt: now,
  });
  if (commit) await api.store.users.commit(userId);
  const accountId = asAccountId(`${id}-balance`);
  await api.store.accounts.open({ accountId, userId, kind: 'balance' });
  await api.store.accounts.open({ accountId: asAccountId(`${id}-points`), userId, kind: 'points' });
  return { userId, accountId };
}

const topUp = (accountId: string, body: unknown, headers: Record<string, string> = {}) =>
  api.call(`/v1/accounts/${accountId}/top-ups`, { token, body, headers });
const entriesOf = (accountId: string, query = '') =>
  api.call(`/v1/accounts/${accountId}/entries${query}`, { token });
const amountOf = async (accountId: string) => (await api.store.accounts.find(asAccountId(accountId)))?.amount;

describe('POST /v1/accounts/{id}/top-ups', () => {
  it('money for an open account → 201 with the entry, and it is on the account', async () => {
    const { accountId } = await openUser('saver');
    const answered = await topUp(accountId, { amountFen: 5_000, source: 'bank-card' });
    expect(answered.status).toBe(201);
    expect(answered.body).toEqual({
      entryId: expect.any(String),
      accountId,
      at: expect.any(String),
      kind: 'top-up',
      amountFen: 5_000,
      source: 'bank-card',
      balanceFen: 5_000,
    });
    expect(await amountOf(accountId)).toBe(5_000);
  });

  it('the same key again, also where the kept answer was lost → counted once', async () => {
    const { accountId } = await openUser('repeater');
    const headers = { 'idempotency-key': 'top-up-1' };
    const body = { amountFen: 100, source: 'bank' };
    const first = await topUp(accountId, body, headers);
    expect((await topUp(accountId, body, headers)).body).toEqual(first.body);
    await api.store.idempotency.model.deleteMany({});
    expect(await topUp(accountId, body, headers)).toMatchObject({ status: 201, body: first.body });
    expect(await amountOf(accountId)).toBe(100);
  });

  it('the same key for another amount, a day later → counted too', async () => {
    const { accountId } = await openUser('next-day');
    const headers = { 'idempotency-key': 'top-up-2' };
    await topUp(accountId, { amountFen: 100, source: 'bank' }, headers);
    expectProblem(
      await topUp(accountId, { amountFen: 70, source: 'bank' }, headers),
      'idempotency_key_reused',
    );
    await api.store.idempotency.model.deleteMany({});
    await topUp(accountId, { amountFen: 70, source: 'bank' }, headers);
    expect(await amountOf(accountId)).toBe(170);
  });

  it('two without a key → counted twice', async () => {
    const { accountId } = await openUser('twice');
    for (const _ of [1, 2]) await topUp(accountId, { amountFen: 100, source: 'bank' });
    expect(await amountOf(accountId)).toBe(200);
  });

  it.each([
    ['nothing', { amountFen: 0, source: 'bank' }],
    ['less than nothing', { amountFen: -1, source: 'bank' }],
    ['a fraction of a fen', { amountFen: 1.5, source: 'bank' }],
    ['more than any account holds', { amountFen: MOST_FEN + 1, source: 'bank' }],
    ['a text', { amountFen: '100', source: 'bank' }],
    ['no source', { amountFen: 100 }],
    ['an empty source', { amountFen: 100, source: '' }],
    ['a source that is a card number', { amountFen: 100, source: 'card 6222 0213 0012 3456' }],
    ['a source with control characters', { amountFen: 100, source: 'a\nb' }],
    ['an unknown property', { amountFen: 100, source: 'bank', note: 'x' }],
  ])('%s → invalid_request, nothing counted', async (_, body) => {
    const { accountId } = await openUser('faulty').catch(() => ({ accountId: 'faulty-balance' }));
    const answered = await topUp(accountId, body);
    expectProblem(answered, 'invalid_request');
    expect(answered.text).not.toContain('6222');
    expect(await amountOf(accountId)).toBe(0);
  });

  it('an account that nobody knows, or of a user that never came to be → account_not_found', async () => {
    const { accountId } = await openUser('half', false);
    expectProblem(await topUp('nobodys', { amountFen: 1, source: 'bank' }), 'account_not_found');
    expectProblem(await topUp(accountId, { amountFen: 1, source: 'bank' }), 'account_not_found');
    expect(await amountOf(accountId)).toBe(0);
  });

  it('points → account_holds_no_money', async () => {
    await openUser('collector');
    expectProblem(
      await topUp('collector-points', { amountFen: 1, source: 'bank' }),
      'account_holds_no_money',
    );
  });

  it('a shut account → account_closed', async () => {
    const { accountId, userId } = await openUser('leaver');
    await api.store.accounts.close({ userId, at: now });
    expectProblem(await topUp(accountId, { amountFen: 1, source: 'bank' }), 'account_closed');
  });

  it('beyond what an account may hold → balance_limit_exceeded', async () => {
    const { accountId } = await openUser('rich');
    await topUp(accountId, { amountFen: MOST_FEN, source: 'bank' });
    expectProblem(await topUp(accountId, { amountFen: 1, source: 'bank' }), 'balance_limit_exceeded');
  });

  it('a token that may only read → scope_missing', async () => {
    const reader = await api.token({ scope: 'accounts:read' });
    const body = { amountFen: 1, source: 'bank' };
    expectProblem(
      await api.call('/v1/accounts/saver-balance/top-ups', { token: reader, body }),
      'scope_missing',
    );
  });
});

describe('GET /v1/accounts/{id}/entries', () => {
  it('more than a page → all of them once, newest first, and the view is in the audit', async () => {
    const { accountId, userId } = await openUser('busy');
    for (let amount = 1; amount <= 5; amount += 1) {
      const entry = { entryId: `busy-${amount}`, accountId, amount, source: 'bank', at: now + (amount >> 1) };
      await api.store.accounts.topUp(entry);
    }
    const amounts: number[] = [];
    let query = '?limit=2';
    for (let pages = 0; pages < 4 && query !== ''; pages += 1) {
      const { items, nextCursor } = page.parse((await entriesOf(accountId, query)).body);
      amounts.push(...items.map(({ amountFen }) => amountFen));
      query = nextCursor === null ? '' : `?limit=2&cursor=${nextCursor}`;
    }
    expect(amounts).toEqual([5, 4, 3, 2, 1]);
    const [view] = await api.store.audit.list({ subject: userId, limit: 1 });
    expect(view).toMatchObject({ action: 'account.entries-viewed', details: { accountId } });
  });

  it('an import and points that lapsed → their kinds, without a source', async () => {
    const userId = asUserId('importee');
    const accountId = asAccountId('importee-points');
    await openUser('importee');
    await api.store.accounts.discard([accountId]);
    const opening = {
      entryId: 'import-1:3:points',
      at: now - 5,
      cause: { kind: 'import' as const, ref: 'import-1:3' },
      postings: [
        { accountId, amount: 7 },
        { accountId: 'system:import:points', amount: -7 },
      ],
    };
    await api.store.accounts.open({ accountId, userId, kind: 'points', opening });
    await api.store.accounts.close({ userId, at: now });
    const { items } = page.parse((await entriesOf(accountId)).body);
    expect(items.map(({ kind, amountFen, source }) => [kind, amountFen, source])).toEqual([
      ['closing', -7, null],
      ['import', 7, null],
    ]);
  });

  it('none yet → an empty page', async () => {
    await openUser('fresh');
    expect((await entriesOf('fresh-balance')).body).toEqual({ items: [], nextCursor: null });
  });

  it('a cursor of another account → cursor_invalid', async () => {
    const { nextCursor } = page.parse((await entriesOf('busy-balance', '?limit=1')).body);
    expectProblem(await entriesOf('saver-balance', `?cursor=${nextCursor}`), 'cursor_invalid');
  });

  it('an account that nobody knows → account_not_found', async () => {
    expectProblem(await entriesOf('nobodys'), 'account_not_found');
  });

  it('a token that may only write → scope_missing', async () => {
    const writer = await api.token({ scope: 'accounts:write' });
    expectProblem(await api.call('/v1/accounts/saver-balance/entries', { token: writer }), 'scope_missing');
  });
});
