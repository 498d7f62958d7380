import { mainTaskQueue } from '../../workflows/task-queues.ts';
import { openApi, type TestApi } from './api.ts';

let api: TestApi;

beforeAll(async () => {
  api = await openApi({ temporal: true });
});
afterAll(() => api.close());

describe('GET /health/live', () => {
  it('→ ok, by anybody, and kept out of caches', async () => {
    const answered = await api.call('/health/live');
    expect([answered.status, answered.body]).toEqual([200, { status: 'ok' }]);
    expect(answered.headers.get('cache-control')).toBe('no-store');
  });
});

describe('GET /health/ready', () => {
  it('without a worker → 503 that names the pollers', async () => {
    const answered = await api.call('/health/ready');
    expect([answered.status, answered.body]).toEqual([
      503,
      { status: 'not-ready', checks: { store: true, temporal: true, pollers: false } },
    ]);
  });

  it('with somebody who polls the main task queue → ok', async () => {
    const connection = api.temporal?.client.connection;
    const polling = new AbortController();
    const poll = connection
      ?.withDeadline(Date.now() + 60_000, () =>
        connection.withAbortSignal(polling.signal, () =>
          connection.workflowService.pollWorkflowTaskQueue({
            namespace: 'default',
            taskQueue: { name: mainTaskQueue },
            identity: 'a poller of the tests',
          }),
        ),
      )
      .catch(() => undefined);
    let answered = await api.call('/health/ready');
    // The server knows of a poller as soon as its poll has come through.
    for (let asked = 0; answered.status !== 200 && asked < 500; asked += 1)
      answered = await api.call('/health/ready');
    polling.abort();
    await poll;
    expect([answered.status, answered.body]).toEqual([
      200,
      { status: 'ok', checks: { store: true, temporal: true, pollers: true } },
    ]);
  });

  it('without the store → 503 that names it; live all the same', async () => {
    const ping = jest.spyOn(api.store, 'ping').mockRejectedValue(new Error('away'));
    try {
      const answered = await api.call('/health/ready');
      expect([answered.status, answered.body]).toEqual([
        503,
        { status: 'not-ready', checks: { store: false, temporal: true, pollers: true } },
      ]);
      expect((await api.call('/health/live')).status).toBe(200);
    } finally {
      ping.mockRestore();
    }
  });

  it('without the workflow server → 503 that names it', async () => {
    const without = await openApi();
    try {
      expect((await without.call('/health/ready')).body).toEqual({
        status: 'not-ready',
        checks: { store: true, temporal: false, pollers: false },
      });
    } finally {
      await without.close();
    }
  });
});

describe('GET /metrics', () => {
  it('→ for Prometheus, requests by the template of their route', async () => {
    await api.call('/v1/numbers/n1_secret', { token: await api.token({ scope: 'numbers:read' }) });
    await api.call('/somewhere/else');
    const { status, headers, text } = await api.call('/metrics');
    expect(status).toBe(200);
    expect(headers.get('content-type')).toMatch(/^text\/plain/);
    const counts = text
      .split('\n')
      .filter((line) => line.startsWith('linekeeper_http_request_seconds_count'));
    const named = (route: string) =>
      counts.filter((line) => line.includes(`route="${route}",method="GET",status="404"`));
    expect(named('/v1/numbers/{numberKey}')).toHaveLength(1);
    expect(named('unmatched')).toHaveLength(1);
    expect(counts.join('\n')).not.toMatch(/n1_secret|somewhere/);
  });
});

describe('GET /docs', () => {
  it('→ Swagger UI from here, without inline scripts', async () => {
    const { status, headers, text } = await api.call('/docs');
    expect(status).toBe(200);
    expect(headers.get('content-type')).toMatch(/^text\/html/);
    expect(headers.get('content-security-policy')).toContain("script-src 'self'");
    expect(text).not.toMatch(/<script(?![^>]*\bsrc=)|\son\w+=|https?:\/\//);
    const sources = [...text.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, source]) => source ?? '');
    expect(sources.length).toBeGreaterThanOrEqual(4);
    for (const source of sources) expect((await api.call(source)).status).toBe(200);
  });

  it('its scripts and styles → of the types that browsers want', async () => {
    const typeOf = async (path: string) => (await api.call(path)).headers.get('content-type');
    expect(await typeOf('/docs/swagger-ui-bundle.js')).toMatch(/javascript/);
    expect(await typeOf('/docs/start.js')).toMatch(/javascript/);
    expect(await typeOf('/docs/swagger-ui.css')).toMatch(/css/);
  });

  it.each(['/docs/package.json', '/docs/swagger-ui.js.map', '/docs/..%2Fpackage.json', '/docs/index.html'])(
    '%s → not served',
    async (path) => {
      expect((await api.call(path)).status).toBe(404);
    },
  );
});

describe('every answer', () => {
  it.each(['/health/live', '/nowhere', '/docs', '/v1/numbers'])(
    '%s → the headers of helmet',
    async (path) => {
      const { headers } = await api.call(path);
      expect(headers.get('x-content-type-options')).toBe('nosniff');
      expect(headers.get('content-security-policy')).toContain("frame-ancestors 'none'");
      expect(headers.get('x-powered-by')).toBeNull();
      expect(headers.get('x-correlator')).not.toBeNull();
    },
  );
});
