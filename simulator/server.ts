import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import express from 'express';
import { type Logger, pino } from 'pino';
import type { Instant } from '../domain/instant.ts';
import { createBooks } from './books/books.ts';
import { createCalls } from './carrier/calls.ts';
import { carrierApi } from './carrier/carrier-api.ts';
import { createTokens } from './carrier/tokens.ts';
import { parseConfig, type SimulatorConfigInput } from './config.ts';
import { lineControls } from './controls/lines.ts';
import { messageControls } from './controls/messages.ts';
import { provinceControls } from './controls/provinces.ts';
import { serviceControls } from './controls/services.ts';
import { openDatabase } from './database.ts';
import { createFaultBoard } from './faults.ts';
import { createDelivery, type FeedTimes, feedTimes } from './feed/delivery.ts';
import { startHeartbeats } from './feed/heartbeats.ts';
import { createOutbox } from './feed/outbox.ts';
import { createSignedCaller } from './feed/signed-call.ts';
import { createLineDesk } from './line-desk.ts';
import { writeMagicNumbers } from './magic-numbers.ts';
import { startMailReceiver } from './mail-receiver.ts';
import { createMessages } from './messages.ts';
import { Problem, problemHandler } from './problem.ts';
import { smsGateway } from './sms-gateway.ts';

/** Milliseconds that answers under way get at the end: all that takes long has been broken off by then. */
const LAST_ANSWERS_MS = 2_000;

/** A running simulator. */
export interface Simulator {
  /** Its HTTP address, without a slash at the end. */
  readonly url: string;
  readonly smtpPort: number;
  /** Ends it; what is still on its way goes on at the next start. */
  close(): Promise<void>;
}

/** What a test may want otherwise than it is run. */
export interface SimulatorOptions {
  readonly logger?: Logger;
  readonly times?: Partial<FeedTimes>;
  /** The clock. */
  readonly now?: () => Instant;
  /** Numbers from 0 to below 1, for the faults that hit by chance. */
  readonly random?: () => number;
}

/**
 * Starts the provinces, on loopback unless configured otherwise, with the books and undelivered events of the data file.
 * Rejects when the configuration is wrong, the file can't be used or a port is taken.
 */
export async function createSimulator(
  configuration: SimulatorConfigInput,
  options: SimulatorOptions = {},
): Promise<Simulator> {
  const config = parseConfig(configuration);
  const { logger = pino({ level: 'silent' }), now = Date.now, random = Math.random } = options;
  const times = { ...feedTimes, ...options.times };
  const ending = new AbortController();
  const closing = ending.signal;

  const database = openDatabase(config.dataFile);
  const books = createBooks(database);
  const messages = createMessages(database);
  const faults = createFaultBoard(database, random);
  const outbox = createOutbox(database);
  const desk = createLineDesk({ config, database, books, outbox, faults });
  writeMagicNumbers({ config, database, books, desk, now: now() });

  const app = express();
  app.disable('x-powered-by');
  const server = createServer(app);
  const mail = await startMailReceiver({
    host: config.host,
    port: config.smtpPort,
    messages,
    now,
  }).catch((error: unknown) => {
    database.close();
    throw error;
  });
  await listen(server, config).catch(async (error: unknown) => {
    await mail.close();
    database.close();
    throw error;
  });
  // No await from here on: the first request finds everything in its place.

  const call = createSignedCaller({ config, now, closing });
  const delivery = createDelivery({ outbox, faults, call, times, logger, closing });
  const stopHeartbeats = startHeartbeats({ config, outbox, delivery, faults, now, every: times.heartbeat });
  const calls = createCalls();

  app.get('/health/live', (_request, response) => {
    response.json({ status: 'ok' });
  });
  app.use('/carrier', carrierApi({ config, books, faults, tokens: createTokens(now), calls, closing }));
  if (config.smsSecret !== undefined) {
    app.use('/sms', smsGateway({ secret: config.smsSecret, messages, now }));
  }
  // For hand trials: whatever a command line calls its body, it is JSON here.
  app.use('/_sim', express.json({ type: () => true }));
  app.use('/_sim/lines', lineControls({ desk, books, outbox, delivery, now }));
  app.use('/_sim', provinceControls({ config, faults, calls }));
  app.use('/_sim', messageControls({ messages }));
  app.use('/_sim', serviceControls({ desk, books, faults, call }));
  app.use(() => {
    throw new Problem(404, 'not_found', 'There is nothing at this path');
  });
  app.use(problemHandler(logger));

  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    smtpPort: mail.port,
    async close() {
      stopHeartbeats();
      ending.abort();
      await Promise.all([mail.close(), closeServer(server)]);
      database.close();
    },
  };
}

/** Lets what is being answered finish, but not for ever. */
async function closeServer(server: Server): Promise<void> {
  const closed = new Promise((resolve) => {
    server.close(resolve);
  });
  const giveUp = setTimeout(() => server.closeAllConnections(), LAST_ANSWERS_MS);
  await closed;
  clearTimeout(giveUp);
}

function listen(server: Server, { host, port }: { host: string; port: number }): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => resolve());
  });
}
