import { asAccountId, asClaimId, asCustomerId, asUserId, type UserId } from '../../domain/ids.ts';
import type { User } from '../../store/users.ts';
import { openApi, type TestApi } from './api.ts';
import { claim, writeHistory } from './histories.ts';
import { expectProblem } from './problems.ts';

let api: TestApi;
let token: string;

beforeAll(async () => {
  api = await openApi();
  token = await api.token({ scope: 'users:read' });
});
afterAll(() => api.close());

const now = Date.now();

/** Writes a user as an import does, without committing it. */
async function pendingUser(id: string, facts: Partial<User> = {}): Promise<UserId> {
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
    ...facts,
  });
  return userId;
}

async function openUser(id: string, facts: Partial<User> = {}): Promise<UserId> {
  const userId = await pendingUser(id, facts);
  await api.store.users.commit(userId);
  return userId;
}

const customer = async (id: string, verifiedAt: number | null) => {
  const customerId = asCustomerId(id);
  const person = { name: '张三丰', idNumber: '510104199001011234' };
  await api.store.customers.create({ customerId, ...person, verifiedAt, createdAt: now });
  return customerId;
};

const shown = (id: string) => api.call(`/v1/users/${id}`, { token });

describe('a user', () => {
  it('with everything → all of it, personal data masked', async () => {
    const numberKey = await writeHistory(api.store, '+8613800138001', []);
    const claimId = asClaimId('c-full');
    await api.store.claims.claim(numberKey, { ...claim(now), claimId, userId: asUserId('full') });
    const userId = await openUser('full', {
      nickname: '小李',
      email: 'xiaoli@example.com',
      emailVerified: true,
      passwordHash: '$argon2id$hash',
      customerId: await customer('cu-1', now),
      phone: { numberKey, claimId },
    });
    await api.store.accounts.open({ accountId: asAccountId('a-2'), userId, kind: 'points' });
    await api.store.accounts.open({ accountId: asAccountId('a-1'), userId, kind: 'balance' });
    const [accountId, source] = [asAccountId('a-1'), 'bank'];
    await api.store.accounts.topUp({ entryId: 'x', accountId, amount: 12_300, source, at: now });

    const answered = await shown('full');
    expect(answered.status).toBe(200);
    expect(answered.body).toEqual({
      userId: 'full',
      status: 'open',
      nickname: '小李',
      email: 'x***@example.com',
      phone: '+86138****8001',
      realName: 'verified',
      accounts: [
        { accountId: 'a-1', kind: 'balance', balanceFen: 12_300 },
        { accountId: 'a-2', kind: 'points', balanceFen: 0 },
      ],
      binding: null,
    });
    expect(answered.text).not.toMatch(/xiaoli|13800138001|张三丰|510104|argon2/);
  });

  it('with nothing → null where something may stand', async () => {
    await openUser('bare');
    expect((await shown('bare')).body).toEqual({
      userId: 'bare',
      status: 'open',
      nickname: null,
      email: null,
      phone: null,
      realName: 'none',
      accounts: [],
      binding: null,
    });
  });

  it('whose identity nobody confirmed → declared', async () => {
    await openUser('declared', { customerId: await customer('cu-2', null) });
    expect((await shown('declared')).body).toMatchObject({ realName: 'declared' });
  });

  it('whose number was released, or is claimed by another → no phone, whatever the user document still says', async () => {
    const numberKey = await writeHistory(api.store, '+8613800138002', []);
    await openUser('former', { phone: { numberKey, claimId: asClaimId('c-former') } });
    expect((await shown('former')).body).toMatchObject({ phone: null });
    await api.store.claims.claim(numberKey, { ...claim(now), claimId: asClaimId('c-next') });
    expect((await shown('former')).body).toMatchObject({ phone: null });
  });

  it('that was never committed → user_not_found', async () => {
    await pendingUser('half');
    expectProblem(await shown('half'), 'user_not_found');
  });

  it('that nobody knows → user_not_found, and nothing in the audit', async () => {
    expectProblem(await shown('nobody'), 'user_not_found');
    expect(await api.store.audit.list({ subject: 'nobody', limit: 1 })).toEqual([]);
  });
});
