import { randomUUID } from 'node:crypto';
import { ApplicationFailure } from '@temporalio/common';
import { TestWorkflowEnvironment } from '@temporalio/testing';
import { DefaultLogger, Runtime, Worker, type WorkflowBundleWithSourceMap } from '@temporalio/worker';
import type { createImportActivities } from '../../activities/import/import.ts';
import { asImportId } from '../../domain/ids.ts';
import { createDataConverter } from '../../platform/temporal/data-converter.ts';
import { bundleWorkflows } from '../../worker/bundle.ts';
import { importWorkflow, importWorkflowId } from '../../workflows/import/contract.ts';
import { testRing } from '../store/open-store.ts';

type Steps = ReturnType<typeof createImportActivities>;

let environment: TestWorkflowEnvironment;
let workflowBundle: WorkflowBundleWithSourceMap;
const dataConverter = createDataConverter(testRing('p1'));

beforeAll(async () => {
  Runtime.install({ logger: new DefaultLogger('ERROR') });
  const path = process.env.LINEKEEPER_TEST_SERVER_PROGRAM;
  if (!path) throw new Error('no time-skipping server: run the tests by jest');
  [environment, workflowBundle] = await Promise.all([
    TestWorkflowEnvironment.createTimeSkipping({
      server: { executable: { type: 'existing-path', path } },
      client: { dataConverter },
    }),
    bundleWorkflows(),
  ]);
}, 120_000);
afterAll(() => environment?.teardown());

/** Runs an import of so many parts, whose n-th attempt at a part may fail, and gives what its steps were asked. */
async function runImport({
  parts,
  fail = () => undefined,
  meanwhile = async () => undefined,
}: {
  parts: number;
  fail?: (attempt: number) => Promise<void> | undefined;
  meanwhile?: (workflowId: string) => Promise<void>;
}) {
  const importId = asImportId(randomUUID());
  const done: number[] = [];
  const ends: Parameters<Steps['settleImport']>[0][] = [];
  let attempts = 0;
  const activities: Steps = {
    importPart: async ({ progress: { partsDone, imported, rejected } }) => {
      attempts += 1;
      await fail(attempts);
      done.push(partsDone);
      const progress = { partsDone: partsDone + 1, imported: imported + 2, rejected: rejected + 1 };
      return { progress, partsLeft: progress.partsDone < parts };
    },
    settleImport: async (end) => void ends.push(end),
  };
  const taskQueue = importId;
  const worker = await Worker.create({
    connection: environment.nativeConnection,
    taskQueue,
    activities,
    dataConverter,
    workflowBundle,
  });
  const workflowId = importWorkflowId(importId);
  const outcome = await worker.runUntil(async () => {
    await environment.client.workflow.start(importWorkflow, {
      taskQueue,
      workflowId,
      args: [{ importId, correlator: 'c' }],
    });
    await meanwhile(workflowId);
    return environment.client.workflow
      .getHandle(workflowId)
      .result()
      .then(
        () => 'completed',
        () => 'failed',
      );
  });
  return { done, ends, attempts, outcome, workflowId };
}

describe('importUsers', () => {
  it('three parts → each once and in order, and then its end', async () => {
    const { done, ends, outcome } = await runImport({ parts: 3 });
    expect(done).toEqual([0, 1, 2]);
    expect(ends).toMatchObject([{ status: 'completed', reason: null }]);
    expect(outcome).toBe('completed');
  });

  it('more parts than a history should hold → goes on in a new run where the old one stopped', async () => {
    const { done, ends, workflowId } = await runImport({ parts: 502 });
    expect(done).toEqual(Array.from({ length: 502 }, (_, part) => part));
    expect(ends).toHaveLength(1);
    const { historyLength } = await environment.client.workflow.getHandle(workflowId).describe();
    expect(historyLength).toBeLessThan(50);
  }, 60_000);

  it('a step fails for a while → tried again, and the import completes', async () => {
    const { done, ends, attempts } = await runImport({
      parts: 2,
      fail: async (attempt) => {
        if (attempt < 4) throw new Error('the store is away');
      },
    });
    expect([done, attempts]).toEqual([[0, 1], 5]);
    expect(ends).toMatchObject([{ status: 'completed' }]);
  });

  it('a part that can not be done → the import fails and says why', async () => {
    const { ends, attempts, outcome } = await runImport({
      parts: 3,
      fail: async (attempt) => {
        if (attempt === 2) throw ApplicationFailure.nonRetryable('changed', 'lines_unreadable');
      },
    });
    expect(attempts).toBe(2);
    expect(ends).toMatchObject([{ status: 'failed', reason: 'lines_unreadable' }]);
    expect(outcome).toBe('failed');
  });

  it('a part fails for a day → the import gives up and says so', async () => {
    const { ends, outcome } = await runImport({
      parts: 1,
      fail: async () => {
        throw new Error('the store is away');
      },
    });
    expect(ends).toMatchObject([{ status: 'failed', reason: 'gave_up' }]);
    expect(outcome).toBe('failed');
  }, 60_000);

  it('an operator cancels it → the import fails and says so', async () => {
    const begun = Promise.withResolvers<void>();
    const { ends, outcome } = await runImport({
      parts: 2,
      fail: async () => {
        begun.resolve();
        throw ApplicationFailure.create({ message: 'the store is away', nextRetryDelay: '1 hour' });
      },
      meanwhile: async (workflowId) => {
        await begun.promise;
        await environment.client.workflow.getHandle(workflowId).cancel();
      },
    });
    expect(ends).toMatchObject([{ status: 'failed', reason: 'cancelled' }]);
    expect(outcome).toBe('failed');
  });
});
