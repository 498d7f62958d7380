import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { WorkflowFailedError } from '@temporalio/client';
import proto from '@temporalio/proto';
import { bundleWorkflowCode, NativeConnection, Runtime, Worker } from '@temporalio/worker';
import { startTemporal, type TemporalServer } from '../../../dev/servers/temporal.ts';
import { createLogger } from '../../../platform/logger.ts';
import { connectTemporal, type TemporalClient } from '../../../platform/temporal/connection.ts';
import { createDataConverter, failureConverterPath } from '../../../platform/temporal/data-converter.ts';
import { createSdkLogger } from '../../../platform/temporal/sdk-logger.ts';
import type { failAbout, Steps } from './failing-workflow.ts';

const person = { phone: '+8613800138000', name: 'Zhang Wei' };
const old = { current: 'p1', keys: { p1: Buffer.alloc(32, 1) } };
const rotated = { current: 'p2', keys: { ...old.keys, p2: Buffer.alloc(32, 2) } };
const config = (server: TemporalServer) => ({ address: server.address, namespace: 'default', tls: false });

const lines: string[] = [];
let server: TemporalServer;
let temporal: TemporalClient;

beforeAll(async () => {
  const logger = createLogger({
    name: 'test',
    level: 'debug',
    destination: { write: (line) => void lines.push(line) },
  });
  Runtime.install({ logger: createSdkLogger(logger) });
  server = await startTemporal();
  temporal = await connectTemporal(config(server), { payloads: old, identity: 'test' });
}, 120_000);

afterAll(async () => {
  await temporal?.close();
  await server?.stop();
});

/** Runs the workflow to its failure, with a real worker that has the rotated ring. */
async function failedRun(workflowId: string): Promise<WorkflowFailedError> {
  const taskQueue = `queue-${workflowId}`;
  const connection = await NativeConnection.connect({ address: server.address });
  const activities: Steps = {
    accept: async ({ phone }) => phone,
    refuse: async ({ phone }) => {
      throw new Error(`The province refused ${phone}`);
    },
  };
  try {
    const worker = await Worker.create({
      connection,
      taskQueue,
      activities,
      dataConverter: createDataConverter(rotated),
      workflowBundle: await bundleWorkflowCode({
        workflowsPath: join(__dirname, 'failing-workflow.ts'),
        failureConverterPath,
        logger: createSdkLogger(createLogger({ name: 'test', level: 'silent' })),
      }),
    });
    // The client that waits has all keys; the one that began may have only the old one.
    const waiting = await connectTemporal(config(server), { payloads: rotated });
    try {
      return await worker.runUntil(async () => {
        await temporal.client.workflow.start<typeof failAbout>('failAbout', {
          taskQueue,
          workflowId,
          args: [person],
        });
        return waiting.client.workflow
          .getHandle(workflowId)
          .result()
          .then(
            () => Promise.reject(new Error('The workflow did not fail')),
            (error) => error,
          );
      });
    } finally {
      await waiting.close();
    }
  } finally {
    await connection.close();
  }
}

describe('connectTemporal with createDataConverter (I9)', () => {
  it('a workflow that takes, passes on and fails with personal data → readable to us, not in history or log', async () => {
    const workflowId = randomUUID();
    const failure = await failedRun(workflowId);
    expect(failure).toBeInstanceOf(WorkflowFailedError);
    expect(failure.cause).toMatchObject({
      message: "Zhang Wei can't keep +8613800138000",
      details: [person],
      stack: expect.stringContaining('failing-workflow'),
    });

    const history = await temporal.client.workflow.getHandle(workflowId).fetchHistory();
    const stored = Buffer.from(proto.temporal.api.history.v1.History.encode(history).finish()).toString();
    expect(stored).toContain('Encoded failure');
    expect(stored).toContain('p2');
    expect(stored).not.toMatch(/13800138000|Zhang Wei|refused|failing-workflow\.ts/);

    expect(lines.join()).toContain('The province refused [phone]');
    expect(lines.join()).toContain('Accepted [phone]');
    expect(lines.join()).not.toContain('13800138000');
  });
});
