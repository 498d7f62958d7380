import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import type { PhoneNumber } from '../../domain/phone-number.ts';
import type { Sms } from '../../ports/sms.ts';

/** A call that arrived at the gateway. */
export interface Arrived {
  method: string;
  url: string;
  headers: IncomingHttpHeaders;
  body: string;
}

/** A provider's HTTP server on loopback. */
export interface Gateway {
  url: string;
  arrived: Arrived[];
  /** What it does with further calls. */
  reply: (response: ServerResponse) => void;
  close(): Promise<void>;
}

/** Starts one that answers 200 with a body. */
export async function startGateway(body = '{}'): Promise<Gateway> {
  const arrived: Arrived[] = [];
  const server = createServer(async (request, response) => {
    const { method = '', url = '', headers } = request;
    arrived.push({ method, url, headers, body: await text(request) });
    gateway.reply(response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const gateway: Gateway = {
    url: `http://127.0.0.1:${port}`,
    arrived,
    reply: (response) => response.end(body),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
  return gateway;
}

/** An address at which nobody listens any more. */
export async function nobody(): Promise<string> {
  const { url, close } = await startGateway();
  await close();
  return url;
}

/** A message of tests. */
export const sms: Sms = {
  to: '+8613800138000' as PhoneNumber,
  text: '您的登录验证码 / Your code to log in: 482913。',
  template: { purpose: 'login', code: '482913' },
  idempotencyKey: '6f1f9f0e:code',
};
