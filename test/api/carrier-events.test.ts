import { randomBytes, randomUUID } from 'node:crypto';
import { decodeArrayFromPayloads } from '@temporalio/common/lib/internal-non-workflow/index.js';
import { type CarrierEventsInput, carrierEventsWorkflowId } from '../../workflows/carrier-events/contract.ts';
import { mainTaskQueue } from '../../workflows/task-queues.ts';
import { openApi, type TestApi } from './api.ts';
import { cancellation } from './events.ts';
import { expectProblem } from './problems.ts';
import { secrets } from './registry.ts';

let api: TestApi;

beforeAll(async () => {
  api = await openApi({ temporal: true });
});
afterAll(() => api.close());

const client = () => {
  if (!api.temporal) throw new Error('this file needs Temporal');
  return api.temporal.client.client;
};

/** The workflow that a call started. */
const workflowOf = (webhookId: string, system = 'sichuan/mobile-5g') => {
  const [province = '', name = ''] = system.split('/');
  const webhookRef = api.hasher.blindIndex('webhook', `${system}\0${webhookId}`);
  return client().workflow.getHandle(carrierEventsWorkflowId({ province, system: name, webhookRef }));
};

/** What a call's workflow was started with, as its worker will read it. */
async function inputOf(webhookId: string): Promise<CarrierEventsInput> {
  const { events } = await workflowOf(webhookId).fetchHistory();
  const payloads = events?.[0]?.workflowExecutionStartedEventAttributes?.input?.payloads;
  const context = { type: 'workflow', workflowId: 'x', namespace: 'default' } as const;
  const [input] = await decodeArrayFromPayloads(client().options.loadedDataConverter, payloads, context);
  return input as CarrierEventsInput;
}

describe('a signed call', () => {
  it('with one event → 202, and its workflow holds the event as histories keep it', async () => {
    const webhookId = randomUUID();
    const before = Date.now();
    const answered = await api.report({
      webhookId,
      headers: { 'x-correlator': 'c-17', 'content-type': 'application/cloudevents+json' },
      body: cancellation({
        id: 'e-1',
        type: 'number.reissued',
        time: '2026-11-20T16:00:00+08:00',
        sequence: '4711',
        sequencetype: 'Integer',
        datacontenttype: 'application/json',
        dataschema: 'https://carrier.example/schema',
        subject: 'line',
        traceparent: '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01',
        tracestate: 'a=b',
        data: {
          phone: '+8613800138000',
          lineId: 'L-20931',
          joinedAt: '2026-11-20',
          identity: { name: '张三', idNumber: '510104199001011234' },
        },
      }),
    });
    expect([answered.status, answered.body]).toEqual([202, { accepted: 1 }]);

    const description = await workflowOf(webhookId).describe();
    expect([description.type, description.taskQueue]).toEqual(['takeInCarrierEvents', mainTaskQueue]);
    const input = await inputOf(webhookId);
    expect(input).toEqual({
      province: 'sichuan',
      system: 'mobile-5g',
      webhookRef: expect.stringMatching(/^n1_/),
      receivedAt: expect.any(Number),
      correlator: 'c-17',
      heartbeats: [],
      events: [
        {
          key: '/carriers/sichuan/mobile-5g:e-1',
          id: 'e-1',
          type: 'number.reissued',
          at: Date.parse('2026-11-20T08:00:00Z'),
          receivedAt: input.receivedAt,
          province: 'sichuan',
          system: 'mobile-5g',
          lineId: 'L-20931',
          joined: { precision: 'day', day: '2026-11-20' },
          retracts: null,
          phone: '+8613800138000',
          sequence: 4711,
        },
      ],
    });
    expect(input.receivedAt).toBeGreaterThanOrEqual(before);
  });

  it('with a retraction, a heartbeat and reports in one array → each as what it is', async () => {
    const webhookId = randomUUID();
    const answered = await api.report({
      webhookId,
      headers: { 'content-type': 'application/cloudevents-batch+json' },
      body: [
        cancellation({ type: 'event.retracted', data: { phone: '+8613800138000', eventId: 'e-1' } }),
        cancellation({ type: 'feed.heartbeat', sequence: 8, data: {} }),
        cancellation({ type: 'feed.heartbeat', data: undefined, sequence: undefined }),
        cancellation({
          type: 'number.transferred',
          data: { phone: '+8613800138000', lineId: 'L-1', joinedAt: '2026-11-20T08:00:00.500Z' },
        }),
      ],
    });
    expect(answered.body).toEqual({ accepted: 4 });
    const { events, heartbeats } = await inputOf(webhookId);
    expect(events).toMatchObject([
      { type: 'event.retracted', retracts: 'e-1', lineId: null, sequence: null },
      {
        type: 'number.transferred',
        joined: { precision: 'second', at: Date.parse('2026-11-20T08:00:00.500Z') },
      },
    ]);
    expect(heartbeats).toEqual([
      { at: expect.any(Number), sequence: 8 },
      { at: expect.any(Number), sequence: null },
    ]);
  });

  it('with the same event twice → taken; histories count it once', async () => {
    const event = cancellation();
    expect((await api.report({ body: [event, event] })).body).toEqual({ accepted: 2 });
  });

  it('whose line is named by the number itself → the history gets no line', async () => {
    const webhookId = randomUUID();
    await api.report({
      webhookId,
      body: cancellation({ data: { phone: '+8613800138000', lineId: 'line-138-0013-8000' } }),
    });
    expect((await inputOf(webhookId)).events).toMatchObject([{ lineId: null }]);
  });

  it('with 1,000 events of the longest ids, none like another → fits', async () => {
    const longest = () => `${randomBytes(64).toString('hex').slice(0, 40)}${'号'.repeat(88)}`;
    const source = `/carriers/${'s'.repeat(246)}`;
    const body = Array.from({ length: 1_000 }, () =>
      cancellation({ id: longest(), source, data: { phone: '+8613800138000', lineId: '线'.repeat(64) } }),
    );
    expect((await api.report({ body })).body).toEqual({ accepted: 1_000 });
  });

  it('→ one call to the workflow server, and none to the store', async () => {
    const service = client().workflowService;
    const start = jest.spyOn(service, 'startWorkflowExecution');
    const describeCall = jest.spyOn(service, 'describeWorkflowExecution');
    try {
      expect((await api.report({ body: [cancellation(), cancellation()] })).status).toBe(202);
      expect([start.mock.calls.length, describeCall.mock.calls.length]).toEqual([1, 0]);
    } finally {
      start.mockRestore();
      describeCall.mockRestore();
    }
    for (const collection of [api.store.numbers, api.store.inbox, api.store.idempotency, api.store.audit]) {
      expect(await collection.model.countDocuments()).toBe(0);
    }
  });

  it('counted by type and outcome, logged without personal data', async () => {
    const outcomes = async () =>
      Object.fromEntries(
        (await api.metrics.carrierEvents.get()).values
          .filter(({ labels }) => labels.type === 'number.ported')
          .map(({ labels, value }) => [labels.outcome, value]),
      );
    const signed = { webhookId: randomUUID(), body: [cancellation({ type: 'number.ported' })] };
    await api.report(signed);
    expect(await outcomes()).toEqual({ accepted: 1 });
    await api.report(signed);
    expect(await outcomes()).toEqual({ accepted: 1, repeated: 1 });
    expect(api.lines.join('')).not.toMatch(/13800138000|张三|510104/);
  });
});

describe('a webhook-id', () => {
  it('repeated with the same body → the same answer, and no second effect', async () => {
    const signed = { webhookId: randomUUID(), body: [cancellation(), cancellation()] };
    const first = await api.report(signed);
    const { runId } = await workflowOf(signed.webhookId).describe();
    // A sender that tries again signs anew.
    const again = await api.report({ ...signed, timestampIn: 5 });
    expect([again.status, again.text]).toEqual([first.status, first.text]);
    expect((await workflowOf(signed.webhookId).describe()).runId).toBe(runId);
  });

  it('repeated when its workflow is long over → the same answer, and no second effect', async () => {
    const signed = { webhookId: randomUUID(), body: cancellation() };
    await api.report(signed);
    const handle = workflowOf(signed.webhookId);
    const { runId } = await handle.describe();
    await handle.terminate();
    expect((await api.report(signed)).status).toBe(202);
    expect(await handle.describe()).toMatchObject({ runId, status: { name: 'TERMINATED' } });
  });

  it('repeated ten times at once → ten times the same answer, one workflow', async () => {
    const signed = { webhookId: randomUUID(), body: cancellation() };
    const answers = await Promise.all(Array.from({ length: 10 }, () => api.report(signed)));
    expect(new Set(answers.map(({ status, text }) => `${status} ${text}`))).toEqual(
      new Set(['202 {"accepted":1}']),
    );
  });

  it('repeated with another body → webhook_id_reused, and nothing of it taken', async () => {
    const webhookId = randomUUID();
    await api.report({ webhookId, body: cancellation({ id: 'first' }) });
    expectProblem(await api.report({ webhookId, body: cancellation({ id: 'second' }) }), 'webhook_id_reused');
    expect((await inputOf(webhookId)).events).toMatchObject([{ id: 'first' }]);
  });

  it('that another system used too → a call of its own', async () => {
    const webhookId = randomUUID();
    await api.report({ webhookId, body: cancellation() });
    const other = await api.report({
      webhookId,
      province: 'guangdong',
      secret: secrets.guangdong,
      body: cancellation({ data: { phone: '+8613900139000', lineId: 'L-1' } }),
    });
    expect(other.status).toBe(202);
  });

  it('and personal data → nowhere in clear at the workflow server', async () => {
    const webhookId = `msg_${randomUUID()}`;
    await api.report({ webhookId, body: cancellation() });
    const handle = workflowOf(webhookId);
    const [history, description] = await Promise.all([handle.fetchHistory(), handle.describe()]);
    const raw = [JSON.stringify(history), JSON.stringify(description.raw), handle.workflowId].join('');
    expect(raw).not.toContain('13800138000');
    expect(raw).not.toContain(Buffer.from('13800138000').toString('base64').slice(0, 12));
    expect(raw).not.toContain(webhookId);
  });
});
