import { createServer } from 'node:http';
import express, { type NextFunction, type Request, type Response } from 'express';
import { pino } from 'pino';
import { readIssuerConfig } from './config.ts';
import { loginRoutes } from './login.ts';
import { createProvider } from './provider.ts';

const logger = pino({ name: 'issuer' });

// Nobody waits for an issuer that stops: its calls take milliseconds.
const STOP_TIMEOUT_MS = 2_000;

/** Runs the issuer: LINEKEEPER_ISSUER_CONFIG names its configuration (JSON). */
async function main(): Promise<void> {
  const file = process.env.LINEKEEPER_ISSUER_CONFIG;
  if (file === undefined) throw new Error('LINEKEEPER_ISSUER_CONFIG must name the configuration file');
  const config = readIssuerConfig(file);
  const issuer = config.url ?? `http://127.0.0.1:${config.port}`;
  const provider = createProvider(issuer, config);
  provider.on('server_error', (_ctx, error) => logger.error({ err: error }, 'a request failed'));

  const app = express();
  app.disable('x-powered-by');
  app.use(loginRoutes(provider, config.staff));
  app.use(provider.callback());
  app.use((error: unknown, _request: Request, response: Response, _next: NextFunction) => {
    logger.error({ err: error }, 'a request failed');
    response.status(500).json({ error: 'server_error' });
  });

  const server = createServer(app);
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(config.port, config.host, resolve);
  });
  logger.info({ issuer }, 'listening');

  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.once(signal, () => {
      logger.info({ signal }, 'stopping');
      server.close(() => logger.info('stopped'));
      server.closeIdleConnections();
      setTimeout(() => server.closeAllConnections(), STOP_TIMEOUT_MS).unref();
    });
  }
}

main().catch((error: unknown) => {
  logger.fatal({ err: error }, 'start failed');
  process.exitCode = 1;
});
