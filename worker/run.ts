import { type ActivityInterceptorsFactory, NativeConnection, Runtime } from '@temporalio/worker';
import { createCarriers } from '../carriers/carriers.ts';
import { observeBy } from '../carriers/observe.ts';
import { loadRegistry } from '../carriers/registry.ts';
import { createRouting } from '../carriers/routing.ts';
import { loadConfig } from '../platform/config.ts';
import { currentCorrelator } from '../platform/correlator.ts';
import { createFieldCipher } from '../platform/field-cipher.ts';
import { createNumberHasher } from '../platform/hashing.ts';
import { loadKeys } from '../platform/keys.ts';
import { createLogger } from '../platform/logger.ts';
import { createMetrics } from '../platform/metrics.ts';
import { createPasswords } from '../platform/passwords.ts';
import { connectTemporal } from '../platform/temporal/connection.ts';
import { createDataConverter } from '../platform/temporal/data-converter.ts';
import { createSdkLogger } from '../platform/temporal/sdk-logger.ts';
import { createSmtpMail } from '../ports/smtp-mail.ts';
import { connectStore } from '../store/connection.ts';
import { createStore } from '../store/store.ts';
import { createVerdicts } from '../verdicts/verdicts.ts';
import { workflowBundle } from './bundle.ts';
import { createHealthServer } from './health.ts';
import { createMessenger } from './messenger.ts';
import { ensureSweepSchedule } from './schedule.ts';
import { createWorkers } from './workers.ts';

/**
 * Carries out workflows and their steps until the process is told to stop, then finishes what it has begun.
 * `interceptors` stand around each step, within our own.
 */
export async function runWorker({
  interceptors = [],
}: {
  interceptors?: readonly ActivityInterceptorsFactory[];
} = {}): Promise<void> {
  const config = loadConfig(process.env);
  const logger = createLogger({ name: 'worker', level: config.logLevel });
  const sdkLogger = createSdkLogger(logger);
  Runtime.install({ logger: sdkLogger });
  const metrics = createMetrics('worker');
  const keys = loadKeys(config.keysFile);
  const registry = loadRegistry({ file: config.registryFile, env: process.env, freeze: config.freeze });

  const bundling = workflowBundle(process.env, sdkLogger);
  const temporal = await connectTemporal(config.temporal, { payloads: keys.payloads });
  const nativeConnection = await NativeConnection.connect({
    address: config.temporal.address,
    tls: config.temporal.tls,
  });
  const hasher = createNumberHasher(keys.numbers);
  const store = createStore({
    connection: await connectStore(config.store),
    cipher: createFieldCipher(keys.fields),
    hasher,
  });
  await store.setUp();

  const carriers = createCarriers({ registry, correlator: currentCorrelator, observe: observeBy(metrics) });
  const messenger = createMessenger(temporal.client);
  const workers = await createWorkers({
    connection: nativeConnection,
    namespace: config.temporal.namespace,
    dataConverter: createDataConverter(keys.payloads),
    workflowBundle: await bundling,
    metrics,
    maxCachedWorkflows: config.worker.maxCachedWorkflows,
    shutdownGrace: config.shutdownGrace,
    interceptors,
    dependencies: {
      store,
      registry,
      routing: createRouting(registry),
      hasher,
      passwords: createPasswords(config.passwordCost),
      mail: createSmtpMail({ url: config.mail.smtpUrl, from: config.mail.from }),
      messenger,
      handlesKept: config.handlesKept,
      carriers,
      judge: createVerdicts({
        store,
        carriers,
        registry,
        metrics,
        now: Date.now,
        wakeNumber: ({ numberKey, correlator }) =>
          messenger.wakeNumbers({ numberKeys: [numberKey], correlator }),
      }),
    },
  });
  await ensureSweepSchedule(temporal.client, config.sweepInterval);

  const health = createHealthServer({
    metrics,
    checks: {
      workers: async () => workers.every((worker) => worker.getState() === 'RUNNING'),
      store: () => store.ping().then(() => true),
    },
  });
  health.listen(config.worker.port, config.api.host);

  // The SDK's runtime hears SIGTERM and SIGINT and stops the workers; each run ends once its steps have.
  await Promise.all(workers.map((worker) => worker.run()));
  health.close();
  await nativeConnection.close();
  await temporal.close();
  await store.close();
  logger.info('stopped');
}
