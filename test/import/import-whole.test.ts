import { DefaultLogger, NativeConnection, Runtime } from '@temporalio/worker';
import { createRouting } from '../../carriers/routing.ts';
import { asImportId } from '../../domain/ids.ts';
import { createMetrics } from '../../platform/metrics.ts';
import { createDataConverter } from '../../platform/temporal/data-converter.ts';
import { bundleWorkflows } from '../../worker/bundle.ts';
import { createMessenger } from '../../worker/messenger.ts';
import { createWorkers } from '../../worker/workers.ts';
import { importWorkflow, importWorkflowId } from '../../workflows/import/contract.ts';
import { mainTaskQueue } from '../../workflows/task-queues.ts';
import { openApi, type TestApi } from '../api/api.ts';
import { testHasher, testPasswords, testRing } from '../store/open-store.ts';
import { openHousehold } from '../workflows/household.ts';
import { testRegistry } from './import-office.ts';
import { phoneOf } from './new-users.ts';

const registeredAt = '2024-05-01T00:00:00Z';

describe('an import, from the call to its results', () => {
  let api: TestApi;
  let token: string;
  let stopWorking: () => Promise<void>;

  beforeAll(async () => {
    Runtime.install({ logger: new DefaultLogger('ERROR') });
    api = await openApi({ temporal: true });
    token = await api.token({ subject: 'payment-app', scope: 'imports:write imports:read' });
    if (!api.temporal) throw new Error('no Temporal server');
    const connection = await NativeConnection.connect({ address: api.temporal.server.address });
    const away = async () => {
      throw new Error('not in this test');
    };
    const workers = await createWorkers({
      connection,
      namespace: 'default',
      dataConverter: createDataConverter(testRing('p1')),
      workflowBundle: await bundleWorkflows(),
      metrics: createMetrics('import-tests'),
      shutdownGrace: 1_000,
      dependencies: {
        handlesKept: 90 * 86_400_000,
        store: api.store,
        registry: testRegistry,
        routing: createRouting(testRegistry),
        carriers: {
          gatewayOf: () => {
            throw new Error('not in this test');
          },
        },
        hasher: testHasher,
        passwords: testPasswords,
        messenger: createMessenger(api.temporal.client.client),
        mail: { send: away },
        judge: { judgeClaim: away, judgeAfterFreeze: away, verifyIdentity: away },
      },
    });
    const running = workers.map((worker) => worker.run());
    stopWorking = async () => {
      for (const worker of workers) worker.shutdown();
      await Promise.all(running);
      await connection.close();
    };
  }, 120_000);
  afterAll(async () => {
    await stopWorking?.();
    await api?.close();
  });

  const lines = Array.from({ length: 450 }, (_, index) =>
    index % 100 === 7 ? '{broken' : JSON.stringify({ phone: phoneOf(index), registeredAt }),
  );
  const imported = async () => {
    const sent = await api.call('/v1/imports/users', {
      token,
      body: lines.join('\n'),
      headers: { 'content-type': 'application/x-ndjson' },
    });
    const location = sent.headers.get('location') ?? '';
    const { body } = await api.call(`${location}?wait=20`, { token });
    const results = await api.call(`${location}/results`, { token });
    const each = results.text
      .trimEnd()
      .split('\n')
      .map((text) => JSON.parse(text));
    return { location, body, results, each };
  };

  it('good lines and broken ones → users, and a result for each line in their order', async () => {
    const { body, results, each } = await imported();
    expect(body).toMatchObject({ status: 'completed', read: 450, imported: 445, rejected: 5, reason: null });
    expect(results.headers.get('content-type')).toContain('application/x-ndjson');
    expect(each.map(({ line }) => line)).toEqual(lines.map((_, index) => index + 1));
    expect(each[7]).toEqual({ line: 8, code: 'line_malformed', detail: 'Not a JSON object' });
    const { claim } = (await api.store.claims.find(testHasher.numberKeyOf(phoneOf(449)))) ?? {};
    expect(each[449]).toEqual({ line: 450, userId: claim?.userId });
    expect(results.text).not.toContain(phoneOf(449));
  });

  it('the same file once more → nobody is there twice, and each line says so', async () => {
    const { body, each } = await imported();
    expect(body).toMatchObject({ status: 'completed', imported: 0, rejected: 450 });
    expect(new Set(each.map(({ code }) => code))).toEqual(new Set(['phone_in_use', 'line_malformed']));
  });

  it('its workflow is started once more when it is done → the same results', async () => {
    const { location, body, results } = await imported();
    const importId = asImportId(location.slice(location.lastIndexOf('/') + 1));
    await api.temporal?.client.client.workflow.execute(importWorkflow, {
      workflowId: importWorkflowId(importId),
      taskQueue: mainTaskQueue,
      args: [{ importId, correlator: 'c' }],
    });
    expect((await api.call(location, { token })).body).toEqual(body);
    expect((await api.call(`${location}/results`, { token })).text).toBe(results.text);
  });

  it('an import that nobody sent, or somebody is still sending → 404', async () => {
    const importId = asImportId('being-received');
    await api.store.imports.begin({ importId, client: 'x', correlator: 'c', at: Date.now() });
    for (const path of ['/v1/imports/none', '/v1/imports/none/results', `/v1/imports/${importId}`]) {
      expect(await api.call(path, { token })).toMatchObject({
        status: 404,
        body: { code: 'import_not_found' },
      });
    }
  });
});

describe('a number that is frozen since it was claimed', () => {
  it('imported → suspended at once, and released by its life when the freeze ends', async () => {
    const household = await openHousehold();
    try {
      const { store, client } = household;
      const phone = phoneOf(1);
      const numberKey = testHasher.numberKeyOf(phone);
      await household.report([household.eventOf(phone, 'number.cancelled', await household.now())]);

      const importId = asImportId('frozen-since');
      await store.imports.begin({ importId, client: 'x', correlator: 'c', at: Date.now() });
      const text = JSON.stringify({ phone, nickname: 'alice', registeredAt });
      await store.imports.chunks.add({ importId, index: 0, lines: [{ line: 1, text }] });
      await store.imports.accept({ importId, lines: 1, chunks: 1, at: Date.now() });
      await client.workflow.execute(importWorkflow, {
        workflowId: importWorkflowId(importId),
        taskQueue: mainTaskQueue,
        args: [{ importId, correlator: 'c' }],
      });
      const claim = (await store.claims.find(numberKey))?.claim;
      expect(claim).toMatchObject({ state: 'suspended', claimedAt: Date.parse(registeredAt) });

      await household.lifeEnds(numberKey);
      expect(await store.claims.find(numberKey)).toMatchObject({
        claim: null,
        released: [{ claimId: claim?.claimId, cause: { kind: 'freeze-ended' } }],
      });
      if (!claim) throw new Error('no claim');
      expect(await store.users.find(claim.userId)).toMatchObject({
        status: 'open',
        phone: null,
        nickname: 'alice',
      });
      expect((await store.evidence.ofNumber(numberKey)).map(({ code }) => code)).toEqual([
        'claim.created',
        'claim.released',
      ]);
    } finally {
      await household.close();
    }
  }, 60_000);
});
