import { createServer, type Server } from 'node:http';
import { connect } from 'node:net';
import express from 'express';
import { discardRest, readBody } from '../../api/middleware/body.ts';
import { Problem } from '../../api/problem.ts';

let server: Server;
let port: number;
/** How the last body ended: its length, or the code of its problem. */
let ended: PromiseWithResolvers<number | string>;

beforeAll(async () => {
  const app = express();
  app.post('/', async (request, response) => {
    try {
      const body = await readBody(request, { limitBytes: 100, withinMs: 50 });
      ended.resolve(body.length);
    } catch (error) {
      ended.resolve(error instanceof Problem ? error.code : String(error));
    } finally {
      response.end('answered');
      discardRest(request);
    }
  });
  server = createServer(app);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  port = typeof address === 'object' && address ? address.port : 0;
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});
beforeEach(() => {
  ended = Promise.withResolvers();
});

/** Sends the head of a request and the beginning of its body. */
const begin = (length: number, beginning: string) => {
  const socket = connect(port, '127.0.0.1');
  socket.write(`POST / HTTP/1.1\r\nhost: x\r\ncontent-length: ${length}\r\n\r\n${beginning}`);
  let answer = '';
  const answered = new Promise<string>((resolve) => {
    socket.on('data', (chunk) => {
      answer += chunk.toString();
      if (answer.includes('answered')) resolve(answer);
    });
  });
  return { socket, answered };
};

describe('a body that is read whole', () => {
  it('that comes in time → its bytes', async () => {
    const { socket } = begin(5, 'a');
    socket.write('bcde');
    expect(await ended.promise).toBe(5);
    socket.destroy();
  });

  it('that does not come in time → request_timeout, and an answer all the same', async () => {
    const { socket, answered } = begin(50, 'a');
    expect(await ended.promise).toBe('request_timeout');
    expect(await answered).toMatch(/^HTTP\/1\.1 200/);
    socket.destroy();
  });

  it('that says it is too large → body_too_large before it comes', async () => {
    const { socket, answered } = begin(101, '');
    expect(await ended.promise).toBe('body_too_large');
    expect(await answered).toMatch(/^HTTP\/1\.1 200/);
    socket.destroy();
  });

  it('that grows too large without saying so → body_too_large before its end', async () => {
    const socket = connect(port, '127.0.0.1');
    const piece = `64\r\n${'x'.repeat(100)}\r\n`;
    socket.write(`POST / HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n${piece}${piece}`);
    expect(await ended.promise).toBe('body_too_large');
    socket.destroy();
  });

  it('whose sender leaves in the middle → invalid_request', async () => {
    const { socket } = begin(50, 'a');
    socket.end();
    expect(await ended.promise).toBe('invalid_request');
  });
});

describe('what is left of a body after the answer', () => {
  it('→ is read away, so that the next request on the connection is heard', async () => {
    const { socket, answered } = begin(101, 'x');
    await answered;
    ended = Promise.withResolvers();
    socket.write(`${'x'.repeat(100)}POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 2\r\n\r\nok`);
    expect(await ended.promise).toBe(2);
    socket.destroy();
  });
});
