import { createWorkflows, type Workflows } from '../../api/workflows.ts';
import { asUserId } from '../../domain/ids.ts';
import { closeUserWorkflow, userWorkflowId } from '../../workflows/user/contract.ts';
import { openApi, type TestApi } from './api.ts';

/** What changes a user's phone, started on a real server on which nobody works. */
let api: TestApi;
let workflows: Workflows;
beforeAll(async () => {
  api = await openApi({ temporal: true });
  if (!api.temporal) throw new Error('no server');
  workflows = createWorkflows(api.temporal.client.client);
}, 60_000);
afterAll(() => api.close());

const correlator = 'test';
const describeOf = (userId: ReturnType<typeof asUserId>) =>
  api.temporal?.client.client.workflow.getHandle(userWorkflowId(userId)).describe();

describe('what changes a user', () => {
  it('a closing twice → one runs, and both hear so; a change of phone meanwhile → busy', async () => {
    const userId = asUserId('closing');
    await expect(workflows.closeUser({ userId, correlator })).resolves.toBe('started');
    await expect(workflows.closeUser({ userId, correlator })).resolves.toBe('started');
    await expect(workflows.changePhone({ changeId: 'a', userId, correlator })).resolves.toBe('busy');
    expect((await describeOf(userId))?.type).toBe(closeUserWorkflow);
  });

  it('a change twice → one runs; another change, and a closing → busy', async () => {
    const userId = asUserId('changing');
    const change = { changeId: 'a', userId, correlator };
    await expect(workflows.changePhone(change)).resolves.toBe('started');
    await expect(workflows.changePhone(change)).resolves.toBe('started');
    await expect(workflows.changePhone({ ...change, changeId: 'b' })).resolves.toBe('busy');
    await expect(workflows.closeUser({ userId, correlator })).resolves.toBe('busy');
  });

  it('50 changes at one instant → one started', async () => {
    const userId = asUserId('crowd');
    const answers = await Promise.all(
      Array.from({ length: 50 }, (_, index) =>
        workflows.changePhone({ changeId: `change-${index}`, userId, correlator }),
      ),
    );
    expect(answers.filter((answer) => answer === 'started')).toHaveLength(1);
  });
});
