import { z } from 'zod';
import { auditRecordSchema } from '../../api/schemas/audit.ts';
import { asUserId } from '../../domain/ids.ts';
import { openApi, type TestApi } from './api.ts';
import { writeHistory } from './histories.ts';
import { expectProblem } from './problems.ts';

let api: TestApi;
const pageSchema = z.strictObject({ items: z.array(auditRecordSchema), nextCursor: z.string().nullable() });

beforeAll(async () => {
  api = await openApi();
});
afterAll(() => api.close());
beforeEach(() => api.store.audit.model.deleteMany({}));

const as = (subject: string) => api.token({ scope: 'numbers:read users:read audit:read', subject });

const audit = async (query: Record<string, string> = {}) => {
  const answered = await api.call(`/v1/audit?${new URLSearchParams(query)}`, { token: await as('auditor') });
  return pageSchema.parse(answered.body);
};

describe('what somebody looks at', () => {
  it('numbers, timelines, users and lists → one record each, with who, what and when', async () => {
    const numberKey = await writeHistory(api.store, '+8613800138001', []);
    const userId = asUserId('u-1');
    const none = { nickname: null, email: null, passwordHash: null, customerId: null, phone: null };
    await api.store.users.createPending({
      userId,
      ...none,
      emailVerified: false,
      registeredAt: 0,
      createdAt: 0,
    });
    await api.store.users.commit(userId);
    const token = await as('desk-7');
    const headers = { 'x-correlator': 'c-1' };
    const before = Date.now();
    await api.call('/v1/number-lookups', { token, headers, body: { phone: '+8613800138001' } });
    await api.call(`/v1/numbers/${numberKey}`, { token, headers });
    await api.call(`/v1/numbers/${numberKey}/timeline`, { token, headers });
    await api.call('/v1/numbers', { token, headers });
    await api.call('/v1/users/u-1', { token, headers });

    const { items } = await audit({ actor: 'desk-7' });
    expect(items.map(({ action, subject }) => [action, subject])).toEqual([
      ['user.viewed', 'u-1'],
      ['numbers.listed', 'numbers'],
      ['number.timeline-viewed', numberKey],
      ['number.viewed', numberKey],
      ['number.looked-up', numberKey],
    ]);
    expect(items[0]).toEqual({
      recordId: expect.any(String),
      at: expect.any(String),
      actor: 'desk-7',
      action: 'user.viewed',
      subject: 'u-1',
      details: { client: 'desk-7' },
      correlator: 'c-1',
      sealed: false,
    });
    expect(Date.parse(items[4]?.at ?? '')).toBeGreaterThanOrEqual(before);
    expect((await audit({ subject: numberKey })).items).toHaveLength(3);
  });

  it('that cannot be noted → is not shown', async () => {
    const numberKey = await writeHistory(api.store, '+8613800138002', []);
    const token = await as('desk-7');
    const append = jest.spyOn(api.store.audit, 'append').mockRejectedValue(new Error('disk full'));
    try {
      for (const path of [
        `/v1/numbers/${numberKey}`,
        `/v1/numbers/${numberKey}/timeline`,
        '/v1/numbers',
        '/v1/audit',
      ]) {
        const answered = await api.call(path, { token });
        expectProblem(answered, 'internal_error');
        expect(answered.text).not.toMatch(/disk full|8002/);
      }
    } finally {
      append.mockRestore();
    }
  });

  it('that the caller may not see → no record', async () => {
    const token = await api.token({ scope: 'users:read', subject: 'curious' });
    await api.call('/v1/numbers', { token });
    expect((await audit({ actor: 'curious' })).items).toEqual([]);
  });
});

describe('the audit', () => {
  const minute = 60_000;
  const start = Date.parse('2026-11-24T08:00:00Z');
  const note = (at: number, subject = 'n1_a') =>
    api.store.audit.append({
      at,
      actor: 'desk',
      action: 'number.viewed',
      subject,
      details: {},
      correlator: 'c',
    });

  it('by time → from the first instant on, before the last', async () => {
    for (const at of [start, start + minute, start + 2 * minute]) await note(at);
    const query = { from: '2026-11-24T16:00:00+08:00', to: '2026-11-24T08:02:00Z' };
    expect((await audit(query)).items.map(({ at }) => at)).toEqual([
      '2026-11-24T08:01:00Z',
      '2026-11-24T08:00:00Z',
    ]);
  });

  it('page by page → each record once, newest first', async () => {
    for (let index = 0; index < 5; index += 1) await note(start + index * minute);
    const filters = { subject: 'n1_a', limit: '2' };
    const first = await audit(filters);
    const second = await audit({ ...filters, cursor: first.nextCursor ?? '' });
    const third = await audit({ ...filters, cursor: second.nextCursor ?? '' });
    expect(third.nextCursor).toBeNull();
    const times = [first, second, third].flatMap(({ items }) => items.map(({ at }) => Date.parse(at)));
    expect(times).toEqual([4, 3, 2, 1, 0].map((index) => start + index * minute));
  });

  it('when the sweep has sealed → says which records are in the chain', async () => {
    await note(start);
    await api.store.audit.seal({ now: start + 10 * minute });
    await note(start + 11 * minute);
    expect((await audit({ subject: 'n1_a' })).items.map(({ sealed }) => sealed)).toEqual([false, true]);
  });

  it('read → noted too', async () => {
    await audit();
    expect((await audit({ subject: 'audit' })).items).toMatchObject([
      { actor: 'auditor', action: 'audit.read' },
    ]);
  });

  it('with a time that is none → invalid_request', async () => {
    const answered = await api.call('/v1/audit?from=yesterday', { token: await as('auditor') });
    expectProblem(answered, 'invalid_request');
  });
});
