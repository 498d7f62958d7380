import { createServer } from 'node:http';
import { z } from 'zod';
import { jsonBody } from '../../api/body-spec.ts';
import { type Route, route } from '../../api/route.ts';
import { listen } from '../../api/server.ts';
import { openApi } from './api.ts';

/** A server whose one request waits until it is let go. */
async function slowServer() {
  const arrived = Promise.withResolvers<void>();
  const release = Promise.withResolvers<void>();
  const server = await listen({
    host: '127.0.0.1',
    port: 0,
    app: async (request, response) => {
      if (request.url === '/slow') {
        arrived.resolve();
        await release.promise;
      }
      response.end('done');
    },
  });
  return { ...server, arrived: arrived.promise, release: release.resolve };
}

describe('listen', () => {
  it('port 0 → a free one, told in the URL', async () => {
    const { url, stop } = await slowServer();
    expect(await (await fetch(url)).text()).toBe('done');
    await stop(1_000);
  });

  it('a port that is taken → fails', async () => {
    const other = createServer();
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
    const address = other.address();
    const port = typeof address === 'object' && address ? address.port : 0;
    await expect(listen({ app: () => undefined, host: '127.0.0.1', port })).rejects.toThrow('EADDRINUSE');
    other.close();
  });
});

describe('stop', () => {
  it('with a request under way → it is answered, on a connection that closes; new ones are refused', async () => {
    const { url, stop, arrived, release } = await slowServer();
    const slow = fetch(`${url}/slow`);
    await arrived;
    const stopped = stop(10_000);
    await expect(fetch(url)).rejects.toThrow('fetch failed');
    release();
    const response = await slow;
    expect([response.status, await response.text()]).toEqual([200, 'done']);
    expect(response.headers.get('connection')).toBe('close');
    expect(await stopped).toBe(true);
  });

  it('with an idle connection that is kept alive → does not wait for it', async () => {
    const { url, stop } = await slowServer();
    await (await fetch(url)).text();
    expect(await stop(10_000)).toBe(true);
  });

  it('with a request that outlasts the grace → cut off', async () => {
    const { url, stop, arrived, release } = await slowServer();
    const slow = fetch(`${url}/slow`).catch(() => 'cut off');
    await arrived;
    expect(await stop(1)).toBe(false);
    expect(await slow).toBe('cut off');
    release();
  });
});

describe('a command that was accepted when the stop came', () => {
  it('→ is finished and answered', async () => {
    const started = Promise.withResolvers<void>();
    const release = Promise.withResolvers<void>();
    const done: string[] = [];
    const command: Route = route({
      method: 'post',
      path: '/test/commands',
      id: 'command',
      tag: 'Test',
      summary: 'Takes its time',
      access: { kind: 'public' },
      body: jsonBody({ schema: z.strictObject({ name: z.string() }) }),
      responses: { 200: { description: 'Done', schema: z.strictObject({ name: z.string() }) } },
    }).handle(async ({ body: { name } }) => {
      started.resolve();
      await release.promise;
      done.push(name);
      return { status: 200, body: { name } };
    });
    const api = await openApi({ further: () => [command] });
    try {
      const answered = api.call('/test/commands', { body: { name: 'accepted' } });
      await started.promise;
      const stopped = api.server.stop(10_000);
      release.resolve();
      expect((await answered).body).toEqual({ name: 'accepted' });
      expect(await stopped).toBe(true);
      expect(done).toEqual(['accepted']);
    } finally {
      await api.close();
    }
  });
});
