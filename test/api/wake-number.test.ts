import { createWorkflows } from '../../api/workflows.ts';
import { asNumberKey } from '../../domain/ids.ts';
import { historyChangedSignal, numberLifeWorkflowId } from '../../workflows/number/contract.ts';
import { openApi, type TestApi } from './api.ts';

let api: TestApi;
beforeAll(async () => {
  api = await openApi({ temporal: true });
}, 60_000);
afterAll(() => api?.close());

describe('waking the life of a number from the API', () => {
  it('twice, with no worker there → one workflow, both signals kept for whoever comes', async () => {
    const client = api.temporal?.client.client;
    if (!client) throw new Error('there is no Temporal server');
    const { wakeNumber, statusOf } = createWorkflows(client);
    const numberKey = asNumberKey('n1_wake');
    await wakeNumber({ numberKey, correlator: 'first' });
    await wakeNumber({ numberKey, correlator: 'second' });
    expect(await statusOf(numberLifeWorkflowId(numberKey))).toBe('running');
    const { events } = await client.workflow.getHandle(numberLifeWorkflowId(numberKey)).fetchHistory();
    const signals = (events ?? []).flatMap(
      ({ workflowExecutionSignaledEventAttributes: signal }) => signal?.signalName ?? [],
    );
    expect(signals).toEqual([historyChangedSignal, historyChangedSignal]);
  });
});
