import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A question that arrived: enough to see what was sent, and by which token. */
type Received = {
  path: string;
  headers: IncomingMessage['headers'];
  body: unknown;
};

/** What the province replies to a question: a status and a body, or whatever is done with the raw response. */
export type Reply =
  | { status: number; body?: unknown; headers?: Record<string, string> }
  | ((response: ServerResponse) => void);

/** One province system on loopback, for tests of what goes over the wire. */
export type ProvinceServer = {
  url: string;
  questions: Received[];
  /** The bodies and `authorization` headers that came to the token endpoint. */
  tokenRequests: Received[];
  /** The token that is good now; each token request makes the next one. */
  goodToken(): string | null;
  /** Makes every token so far a bad one. */
  withdrawTokens(): void;
  /** The reply to the questions to come, the last one standing. */
  replies(...replies: Reply[]): void;
  /** The reply of the token endpoint instead of a token. */
  tokenReply(reply: Reply | null): void;
  tokenLifetime(seconds: number | undefined): void;
  close(): Promise<void>;
};

/** Starts a province on a free port of 127.0.0.1. */
export async function startProvince(): Promise<ProvinceServer> {
  let replies: Reply[] = [];
  let tokenReply: Reply | null = null;
  let lifetime: number | undefined = 3_600;
  let issued = 0;
  let good: string | null = null;
  const questions: Received[] = [];
  const tokenRequests: Received[] = [];

  const server = createServer(async (request, response) => {
    const chunks: Uint8Array[] = [];
    for await (const chunk of request) {
      chunks.push(chunk);
    }
    const text = Buffer.concat(chunks).toString();
    const { url: path = '', headers } = request;
    if (path === '/oauth/token') {
      tokenRequests.push({ path, headers, body: text });
      if (tokenReply) {
        send(response, tokenReply);
        return;
      }
      issued += 1;
      good = `token-${issued}`;
      const body = {
        access_token: good,
        token_type: 'Bearer',
        ...(lifetime === undefined ? {} : { expires_in: lifetime }),
      };
      send(response, { status: 200, body });
      return;
    }
    questions.push({ path, headers, body: JSON.parse(text) });
    if (good === null || headers.authorization !== `Bearer ${good}`) {
      send(response, { status: 401, body: { code: 'token_invalid', detail: '' } });
      return;
    }
    send(response, (replies.length > 1 ? replies.shift() : replies[0]) ?? { status: 500 });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));

  return {
    url: `http://127.0.0.1:${portOf(server)}`,
    questions,
    tokenRequests,
    goodToken: () => good,
    withdrawTokens: () => {
      good = null;
    },
    replies: (...next) => {
      replies = next;
    },
    tokenReply: (reply) => {
      tokenReply = reply;
    },
    tokenLifetime: (seconds) => {
      lifetime = seconds;
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function send(response: ServerResponse, reply: Reply): void {
  if (typeof reply === 'function') {
    reply(response);
    return;
  }
  response.writeHead(reply.status, { 'content-type': 'application/json', ...reply.headers });
  response.end(typeof reply.body === 'string' ? reply.body : JSON.stringify(reply.body ?? {}));
}

function portOf(server: Server): number {
  const address: AddressInfo | string | null = server.address();
  if (address === null || typeof address === 'string') {
    throw new Error('the server has no port');
  }
  return address.port;
}
