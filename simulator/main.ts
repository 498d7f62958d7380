import { pino } from 'pino';
import { readConfig } from './config.ts';
import { createSimulator, type Simulator } from './server.ts';

const logger = pino({ name: 'simulator' });

async function main(): Promise<void> {
  const file = process.env.LINEKEEPER_SIMULATOR_CONFIG;
  if (file === undefined) {
    throw new Error('LINEKEEPER_SIMULATOR_CONFIG must name the configuration file');
  }
  const simulator = await createSimulator(readConfig(file), { logger });
  logger.info({ url: simulator.url, smtpPort: simulator.smtpPort }, 'listening');
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.once(signal, () => stop(simulator, signal));
  }
}

function stop(simulator: Simulator, signal: string): void {
  logger.info({ signal }, 'stopping');
  simulator.close().then(
    () => logger.info('stopped'),
    (error: unknown) => {
      logger.error({ err: error }, 'stopping failed');
      process.exitCode = 1;
    },
  );
}

main().catch((error: unknown) => {
  logger.fatal({ err: error }, 'start failed');
  process.exitCode = 1;
});
