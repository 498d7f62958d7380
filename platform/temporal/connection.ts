import { Client, Connection } from '@temporalio/client';
import type { TemporalConfig } from '../config.ts';
import type { KeyRing } from '../keys.ts';
import { createDataConverter } from './data-converter.ts';

/** A client of the Temporal server, and the end of its connection. */
export interface TemporalClient {
  client: Client;
  connection: Connection;
  /** Closes the connection; calls under way fail. */
  close(): Promise<void>;
}

/**
 * Long enough for a server that is just being started beside us, short enough for a supervisor to see that an address
 * is wrong.
 */
const CONNECT_TIMEOUT = '10 s';

/**
 * Connects to the Temporal server and makes a client that encrypts all it sends. Fails when nobody answers within 10 s.
 * Afterwards the connection mends itself; the SDK's keep-alive (a ping each 30 s, lost after 15 s) notices a dead peer.
 */
export async function connectTemporal(
  config: TemporalConfig,
  options: {
    /** The ring that payloads are sealed with. */
    payloads: KeyRing;
    /** Who we are in histories; the SDK's `pid@host` if absent. */
    identity?: string;
  },
): Promise<TemporalClient> {
  const connection = await Connection.connect({
    address: config.address,
    tls: config.tls,
    connectTimeout: CONNECT_TIMEOUT,
  });
  const client = new Client({
    connection,
    namespace: config.namespace,
    dataConverter: createDataConverter(options.payloads),
    ...(options.identity === undefined ? {} : { identity: options.identity }),
  });
  return { client, connection, close: () => connection.close() };
}
