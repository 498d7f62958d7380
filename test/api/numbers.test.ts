import { numberSchema } from '../../api/schemas/number.ts';
import { asClaimId, type NumberKey } from '../../domain/ids.ts';
import type { NumberEvent } from '../../domain/number/event.ts';
import { numberLifeWorkflow, numberLifeWorkflowId } from '../../workflows/number/contract.ts';
import { mainTaskQueue } from '../../workflows/task-queues.ts';
import { openApi, type TestApi } from './api.ts';
import { claim, day, event, freezeLength, phoneOf, writeHistory } from './histories.ts';
import { expectProblem } from './problems.ts';

let api: TestApi;
let token: string;

beforeAll(async () => {
  api = await openApi({ temporal: true });
  token = await api.token({ scope: 'numbers:read' });
});
afterAll(() => api.close());

const now = Date.now();
const write = (phone: string, history: readonly NumberEvent[]): Promise<NumberKey> =>
  writeHistory(api.store, phone, history);

const lookUp = (phone: string) => api.call('/v1/number-lookups', { token, body: { phone } });
const iso = (instant: number): string => new Date(instant).toISOString().replace('.000Z', 'Z');

describe('looking a number up', () => {
  it('that was never heard of → unknown, and addressed by its key from then on', async () => {
    const answered = await lookUp('+8613800138001');
    expect(answered.status).toBe(200);
    expect(answered.body).toEqual({
      phone: '+86138****8001',
      numberKey: api.hasher.numberKeyOf(phoneOf('+8613800138001')),
      province: 'sichuan',
      system: 'mobile-5g',
      state: 'unknown',
      tenancy: null,
      freezeEndsAt: null,
      claim: null,
      binding: null,
      workflow: null,
    });
    const { numberKey } = numberSchema.parse(answered.body);
    expect((await api.call(`/v1/numbers/${numberKey}`, { token })).body).toEqual(answered.body);
  });

  it('ten times at once → one record', async () => {
    const answers = await Promise.all(Array.from({ length: 10 }, () => lookUp('+8613800138002')));
    expect(new Set(answers.map(({ status, text }) => `${status} ${text}`)).size).toBe(1);
    const numberKey = api.hasher.numberKeyOf(phoneOf('+8613800138002'));
    expect(await api.store.numbers.find(numberKey)).toMatchObject({ version: 1, events: [] });
  });

  it('of which nothing was reported, but the carrier was asked → as the carrier said', async () => {
    const joined = { precision: 'second', at: now - 400 * day } as const;
    const remembered = await write('+8613800138091', []);
    const tenancy = { joined, source: 'sichuan/mobile-5g' };
    await api.store.claims.claim(remembered, { ...claim(now - 300 * day, 'active'), tenancy });
    expect((await lookUp('+8613800138091')).body).toMatchObject({
      state: 'in-use',
      tenancy: { joinedAt: iso(joined.at), endedAt: null, endReason: null, source: 'sichuan/mobile-5g' },
    });

    const asked = await write('+8613800138092', []);
    const made = { ...claim(now - 300 * day, 'active'), claimId: asClaimId('asked'), tenancy };
    await api.store.claims.claim(asked, made);
    const facts = { status: 'frozen', portedIn: false, joined: null } as const;
    const line = { source: 'sichuan/mobile-5g', at: now, reply: { kind: 'answer', value: facts } } as const;
    const { claimId } = made;
    const answers = { line, recycledSince: [], match: null };
    await api.store.claims.model.updateOne({ _id: asked }, { $set: { 'claim.answers': answers } });
    expect((await lookUp('+8613800138092')).body).toMatchObject({
      state: 'frozen',
      tenancy: null,
      claim: { claimId },
    });
  });

  it('of a frozen number that somebody claims → all of it, in the words of the contract', async () => {
    const cancelled = now - 10 * day;
    const numberKey = await write('+8613800138003', [
      event('number.reissued', now - 400 * day, { joined: { precision: 'second', at: now - 400 * day } }),
      event('number.cancelled', cancelled),
    ]);
    await api.store.claims.claim(numberKey, claim(now - 300 * day, 'suspended'));
    const answered = await lookUp('+8613800138003');
    expect(answered.body).toEqual({
      phone: '+86138****8003',
      numberKey,
      province: 'sichuan',
      system: 'mobile-5g',
      state: 'frozen',
      tenancy: {
        joinedAt: iso(now - 400 * day),
        endedAt: iso(cancelled),
        endReason: 'cancelled',
        source: 'sichuan/mobile-5g',
      },
      freezeEndsAt: expect.any(String),
      claim: { claimId: 'c-1', userId: 'u-1', state: 'suspended', claimedAt: iso(now - 300 * day) },
      binding: null,
      workflow: null,
    });
    const { freezeEndsAt } = numberSchema.parse(answered.body);
    const frozenFor = Date.parse(freezeEndsAt ?? '') - cancelled;
    expect(frozenFor).toBeGreaterThanOrEqual(freezeLength);
    expect(frozenFor).toBeLessThanOrEqual(freezeLength * 1.01);
  });

  it.each<[string, string, () => NumberEvent[], Record<string, unknown>]>([
    [
      'joined on a day',
      '+8613800138010',
      () => [event('number.reissued', now - day, { joined: { precision: 'day', day: '2026-11-20' } })],
      {
        state: 'in-use',
        tenancy: { joinedAt: '2026-11-20', endedAt: null, endReason: null },
        freezeEndsAt: null,
      },
    ],
    [
      'whose join date was never told',
      '+8613800138011',
      () => [event('number.suspended', now - day)],
      { state: 'suspended', tenancy: { joinedAt: null } },
    ],
    [
      'whose freeze is over',
      '+8613800138012',
      () => [event('number.cancelled', now - 100 * day)],
      { state: 'reassignable', tenancy: { endReason: 'cancelled' }, freezeEndsAt: expect.any(String) },
    ],
    [
      'transferred',
      '+8613800138013',
      () => [event('number.transferred', now - day)],
      { state: 'in-use', tenancy: { joinedAt: iso(now - day), endReason: null } },
    ],
  ])('%s → as its events say', async (_, phone, history, expected) => {
    await write(phone, history());
    const { body } = await lookUp(phone);
    expect(numberSchema.parse(body)).toMatchObject(expected);
  });

  it('claimed after its freeze began → unknown, for somebody holds it unseen', async () => {
    const numberKey = await write('+8613800138014', [event('number.cancelled', now - 100 * day)]);
    await api.store.claims.claim(numberKey, { ...claim(now - day), claimId: asClaimId('c-14') });
    expect((await lookUp('+8613800138014')).body).toMatchObject({
      state: 'unknown',
      tenancy: null,
      freezeEndsAt: null,
      claim: { claimId: 'c-14' },
    });
  });
});

describe('a number', () => {
  it('whose life is looked after → its workflow with its status', async () => {
    const numberKey = await write('+8613800138020', [event('number.cancelled', now - day)]);
    const workflowId = numberLifeWorkflowId(numberKey);
    const handle = await api.temporal?.client.client.workflow.start(numberLifeWorkflow, {
      workflowId,
      taskQueue: mainTaskQueue,
      args: [{ numberKey, correlator: 'c' }],
    });
    const shown = async () =>
      numberSchema.parse((await api.call(`/v1/numbers/${numberKey}`, { token })).body).workflow;
    expect(await shown()).toEqual({ id: workflowId, status: 'running' });
    await handle?.terminate();
    expect(await shown()).toEqual({ id: workflowId, status: 'terminated' });
  });

  it('while the workflow server is away → its workflow unknown, the rest as ever', async () => {
    const without = await openApi();
    try {
      const asked = {
        token: await without.token({ scope: 'numbers:read' }),
        body: { phone: '+8613800138021' },
      };
      expect((await without.call('/v1/number-lookups', asked)).body).toMatchObject({
        state: 'unknown',
        workflow: { status: 'unknown' },
      });
    } finally {
      await without.close();
    }
  });

  it.each(['n1_none', 'x', '+8613800138001', 'n1_%00'])(
    'by a key that is none (%s) → number_not_found',
    async (key) => {
      expectProblem(await api.call(`/v1/numbers/${key}`, { token }), 'number_not_found');
      expectProblem(await api.call(`/v1/numbers/${key}/timeline`, { token }), 'number_not_found');
    },
  );

  it('looked up by an Idempotency-Key → the same answer again, and none in clear in the store', async () => {
    const asked = { token, body: { phone: '+8613800138022' }, headers: { 'idempotency-key': 'look-1' } };
    const first = await api.call('/v1/number-lookups', asked);
    expect((await api.call('/v1/number-lookups', asked)).text).toBe(first.text);
    const kept = JSON.stringify(await api.store.idempotency.model.find().lean());
    expect(kept).not.toMatch(/13800138022|8022/);
  });

  it('→ its phone in clear nowhere in the store', async () => {
    const raw = JSON.stringify(await api.store.numbers.model.find().lean());
    expect(raw).not.toMatch(/1380013/);
  });
});
