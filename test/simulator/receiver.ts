import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { Webhook } from 'standardwebhooks';

/** A signed call as Linekeeper would see it. */
interface Received {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  /** The JSON body; of an event feed one CloudEvents event. */
  readonly body: Record<string, unknown> & { type?: string; data?: Record<string, unknown> };
  readonly verified: boolean;
}

/** What the receiver answers: a status, or a broken connection for null; a promise answers when it settles. */
type Reply = (received: Received) => number | null | Promise<number | null>;

/** Stands where Linekeeper would: verifies signatures and keeps what it got, heartbeats apart. */
export interface Receiver {
  readonly url: string;
  readonly calls: Received[];
  readonly heartbeats: Received[];
  reply: Reply;
  replyBody: unknown;
  /** Waits until that many calls other than heartbeats (or of those) have come in. */
  received(count: number): Promise<Received[]>;
  receivedHeartbeats(count: number): Promise<Received[]>;
  close(): Promise<void>;
}

/** Listens on a free port, or on the given one after a "restart". */
export async function startReceiver(secret: string, port = 0): Promise<Receiver> {
  const calls: Received[] = [];
  const heartbeats: Received[] = [];
  const waiting: { list: Received[]; count: number; resolve: (calls: Received[]) => void }[] = [];

  const server = createServer(async (request, response) => {
    const raw = await text(request);
    const received: Received = {
      path: request.url ?? '',
      headers: request.headers,
      body: JSON.parse(raw) as Received['body'],
      verified: verifies(secret, raw, request.headers),
    };
    const list = received.body.type === 'feed.heartbeat' ? heartbeats : calls;
    list.push(received);
    for (const one of waiting.filter((each) => each.list.length >= each.count)) {
      one.resolve([...one.list]);
    }
    const status = await receiver.reply(received);
    if (status === null) {
      request.socket.destroy();
      return;
    }
    response.writeHead(status, { 'content-type': 'application/json' });
    response.end(JSON.stringify(receiver.replyBody));
  });
  await new Promise<void>((resolve) => {
    server.listen(port, '127.0.0.1', resolve);
  });

  const wait = (list: Received[], count: number): Promise<Received[]> =>
    new Promise((resolve) => {
      if (list.length >= count) {
        resolve([...list]);
      } else {
        waiting.push({ list, count, resolve });
      }
    });

  const receiver: Receiver = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    calls,
    heartbeats,
    reply: () => 202,
    replyBody: { accepted: 1 },
    received: (count) => wait(calls, count),
    receivedHeartbeats: (count) => wait(heartbeats, count),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
  return receiver;
}

function verifies(secret: string, raw: string, headers: IncomingHttpHeaders): boolean {
  try {
    new Webhook(secret).verify(raw, {
      'webhook-id': String(headers['webhook-id']),
      'webhook-timestamp': String(headers['webhook-timestamp']),
      'webhook-signature': String(headers['webhook-signature']),
    });
    return true;
  } catch {
    return false;
  }
}
