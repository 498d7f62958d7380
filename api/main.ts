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
import { createSms } from '../ports/create-sms.ts';
import { connectStore } from '../store/connection.ts';
import { createStore } from '../store/store.ts';
import { createApp } from './app.ts';
import { createAside } from './aside.ts';
import { listen } from './server.ts';
import { createWorkflows } from './workflows.ts';

/** The API process: answers until it is told to stop, then finishes what it has accepted. */
async function main(): Promise<void> {
  const config = loadConfig(process.env);
  const logger = createLogger({ name: 'api', level: config.logLevel });
  const keys = loadKeys(config.keysFile);
  const registry = loadRegistry({ file: config.registryFile, env: process.env, freeze: config.freeze });
  const hasher = createNumberHasher(keys.numbers);

  const temporal = await connectTemporal(config.temporal, { payloads: keys.payloads });
  const store = createStore({
    connection: await connectStore(config.store),
    cipher: createFieldCipher(keys.fields),
    hasher,
  });
  await store.setUp();

  const metrics = createMetrics('api');
  const aside = createAside({ logger });
  const app = createApp({
    store,
    workflows: createWorkflows(temporal.client),
    registry,
    routing: createRouting(registry),
    hasher,
    passwords: createPasswords(config.passwordCost),
    sms: createSms(config.sms),
    aside,
    codeLimits: config.codeLimits,
    logins: config.logins,
    trustedProxies: config.trustedProxies,
    metrics,
    carriers: createCarriers({
      registry,
      correlator: currentCorrelator,
      observe: observeBy(metrics),
    }),
    logger,
    tokens: config.tokens,
    now: Date.now,
  });
  const { url, stop } = await listen({ app, ...config.api });
  logger.info({ url }, 'Listening');

  const { promise: told, resolve: tell } = Promise.withResolvers<NodeJS.Signals>();
  process.once('SIGTERM', tell);
  process.once('SIGINT', tell);
  logger.info({ signal: await told }, 'Stopping');
  const graceEnds = Date.now() + config.shutdownGrace;
  const finished = await stop(config.shutdownGrace);
  if (!finished) logger.warn('Some requests were cut off: the grace is over');
  const drained = await aside.drain(Math.max(0, graceEnds - Date.now()));
  if (!drained) logger.warn('Some work beside answers was cut off: the grace is over');
  await temporal.close();
  await store.close();
  logger.info('Stopped');
}

await main();
