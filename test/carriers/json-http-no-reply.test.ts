import { clientOf, context, PHONE } from './dialect-client.ts';
import { failureOf } from './failure.ts';
import { type ProvinceServer, startProvince } from './province-server.ts';

let province: ProvinceServer;
beforeEach(async () => {
  province = await startProvince();
});
afterEach(() => province.close());

const ask = () => clientOf(province).queryLine({ phone: PHONE }, context());

describe('json-http without a reply', () => {
  it('429 with Retry-After in seconds → unavailable until then', async () => {
    province.replies({
      status: 429,
      headers: { 'retry-after': '7' },
      body: { code: 'too_many_requests', detail: '' },
    });
    expect(await failureOf(ask())).toMatchObject({ reason: 'too-many-requests', retryAfterMs: 7_000 });
  });

  it('503 with Retry-After as a date → unavailable until then', async () => {
    const inAMinute = new Date(Date.now() + 60_000).toUTCString();
    province.replies({ status: 503, headers: { 'retry-after': inAMinute } });
    const { reason, retryAfterMs } = await failureOf(ask());
    expect(reason).toBe('server-error');
    expect(retryAfterMs).toBeGreaterThan(50_000);
    expect(retryAfterMs).toBeLessThanOrEqual(60_000);
  });

  it('a Retry-After that nobody can read → unavailable, without a hint', async () => {
    province.replies({ status: 503, headers: { 'retry-after': 'soon' } });
    expect(await failureOf(ask())).toMatchObject({ reason: 'server-error', retryAfterMs: null });
  });

  it('403 → unavailable, for our credentials', async () => {
    province.replies({ status: 403, body: { code: 'forbidden' } });
    expect(await failureOf(ask())).toMatchObject({ reason: 'credentials-refused' });
  });

  it('the call ended by its signal → unavailable, by time-out', async () => {
    const ending = new AbortController();
    province.replies(() => ending.abort());
    const answer = clientOf(province).queryLine({ phone: PHONE }, context({ signal: ending.signal }));
    expect(await failureOf(answer)).toMatchObject({ reason: 'time-out' });
  });

  it('the call ended in the middle of the reply → unavailable, by time-out', async () => {
    const ending = new AbortController();
    province.replies((response) => {
      response.writeHead(200, { 'content-type': 'application/json' });
      response.write('{"lineId":', () => ending.abort());
    });
    const answer = clientOf(province).queryLine({ phone: PHONE }, context({ signal: ending.signal }));
    expect(await failureOf(answer)).toMatchObject({ reason: 'time-out' });
  });

  it('a dropped connection → unavailable', async () => {
    province.replies((response) => response.destroy());
    expect(await failureOf(ask())).toMatchObject({ reason: 'connection-failed' });
  });

  it('a reply that breaks off → unavailable', async () => {
    province.replies((response) => {
      response.writeHead(200, { 'content-length': '100' });
      response.write('{"lineId":', () => response.destroy());
    });
    expect(await failureOf(ask())).toMatchObject({ reason: 'connection-failed' });
  });

  it('nobody there → unavailable, with the code of the system', async () => {
    const gone = await startProvince();
    await gone.close();
    const answer = clientOf(province, { baseUrl: gone.url }).queryLine({ phone: PHONE }, context());
    const failure = await failureOf(answer);
    expect(failure.message).toBe('sichuan/mobile-5g is unavailable: connection-failed (ECONNREFUSED)');
  });
});
