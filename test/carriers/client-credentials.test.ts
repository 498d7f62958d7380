import type { UnavailableReason } from '../../carriers/gateway.ts';
import { clientOf, context, PHONE } from './dialect-client.ts';
import { failureOf } from './failure.ts';
import { type ProvinceServer, type Reply, startProvince } from './province-server.ts';

let province: ProvinceServer;
beforeEach(async () => {
  province = await startProvince();
  province.replies({ status: 200, body: { recycled: false } });
});
afterEach(async () => {
  jest.useRealTimers();
  await province.close();
});

/** Asks something by a client that is kept, so that its token is. */
function createAsk(options: { tokenUrl?: string; plainHttpHosts?: string[]; callMs?: number } = {}) {
  const client = clientOf(province, options);
  return () => client.recycledSince({ phone: PHONE, since: '2025-01-01' }, context());
}

const answer = { kind: 'answer', value: false };

/** Holds the time of day where a test sets it, and leaves timers to the sockets. */
function holdTime(at: number): void {
  jest.useFakeTimers({
    now: at,
    doNotFake: [
      'hrtime',
      'nextTick',
      'performance',
      'queueMicrotask',
      'setImmediate',
      'clearImmediate',
      'setInterval',
      'clearInterval',
      'setTimeout',
      'clearTimeout',
    ],
  });
}

describe('tokens of a province', () => {
  it('the first question → a token by client credentials and HTTP Basic, form-encoded as RFC 6749 §2.3.1 says', async () => {
    expect(await createAsk()()).toEqual(answer);
    const [request] = province.tokenRequests;
    expect(request?.body).toBe('grant_type=client_credentials');
    const basic = Buffer.from(
      request?.headers.authorization?.replace('Basic ', '') ?? '',
      'base64',
    ).toString();
    expect(basic.split(':').map((part) => decodeURIComponent(part.replaceAll('+', ' ')))).toEqual([
      'line keeper',
      'open:sesame',
    ]);
  });

  it('more questions → the same token', async () => {
    const ask = createAsk();
    await ask();
    await ask();
    expect(province.tokenRequests).toHaveLength(1);
    expect(province.questions.map(({ headers }) => headers.authorization)).toEqual(
      Array(2).fill('Bearer token-1'),
    );
  });

  it('questions at the same time → one token request', async () => {
    const ask = createAsk();
    expect(await Promise.all([ask(), ask(), ask()])).toEqual([answer, answer, answer]);
    expect(province.tokenRequests).toHaveLength(1);
  });

  it.each([
    ['a long life', 3_600, 3_570],
    ['a short life', 60, 54],
    ['a life that is not told', undefined, 54],
  ])('%s → renewed shortly before its end and not earlier', async (_, lifetime, renewedAt) => {
    const start = 1_800_000_000_000;
    holdTime(start);
    province.tokenLifetime(lifetime);
    const ask = createAsk();
    await ask();
    jest.setSystemTime(start + renewedAt * 1_000 - 1);
    await ask();
    expect(province.tokenRequests).toHaveLength(1);
    jest.setSystemTime(start + renewedAt * 1_000);
    await ask();
    expect(province.tokenRequests).toHaveLength(2);
    expect(province.questions.at(-1)?.headers.authorization).toBe('Bearer token-2');
  });

  it('a token that was withdrawn → renewed after the 401, and the question put again', async () => {
    const ask = createAsk();
    await ask();
    province.withdrawTokens();
    expect(await ask()).toEqual(answer);
    expect(province.questions.map(({ headers }) => headers.authorization)).toEqual([
      'Bearer token-1',
      'Bearer token-1',
      'Bearer token-2',
    ]);
  });

  it('withdrawn while many ask → one renewal', async () => {
    const ask = createAsk();
    await ask();
    province.withdrawTokens();
    expect(await Promise.all([ask(), ask(), ask(), ask()])).toEqual(Array(4).fill(answer));
    expect(province.tokenRequests).toHaveLength(2);
  });

  it('a fresh token that is refused too → unavailable, and asked no third time', async () => {
    province.replies({ status: 401 });
    expect(await failureOf(createAsk()())).toMatchObject({
      reason: 'credentials-refused',
      retryAfterMs: null,
    });
    expect(province.questions).toHaveLength(2);
  });

  it.each<[string, Reply, UnavailableReason, number | null]>([
    [
      'a secret it does not know',
      { status: 401, body: { error: 'invalid_client' } },
      'credentials-refused',
      null,
    ],
    [
      'a challenge',
      { status: 401, headers: { 'www-authenticate': 'Basic realm="carrier"' } },
      'credentials-refused',
      null,
    ],
    [
      'a scope it does not grant',
      { status: 400, body: { error: 'invalid_scope' } },
      'credentials-refused',
      null,
    ],
    ['an outage', { status: 503, headers: { 'retry-after': '5' } }, 'server-error', 5_000],
    ['too much', { status: 429, headers: { 'retry-after': '3' } }, 'too-many-requests', 3_000],
    ['nonsense', { status: 200, body: '<html>' }, 'connection-failed', null],
    ['no token', { status: 200, body: { token_type: 'Bearer' } }, 'connection-failed', null],
    ['a dropped connection', (response) => response.destroy(), 'connection-failed', null],
  ])('the token endpoint answers with %s → unavailable', async (_, reply, reason, retryAfterMs) => {
    province.tokenReply(reply);
    expect(await failureOf(createAsk()())).toMatchObject({ reason, retryAfterMs });
    expect(province.questions).toEqual([]);
  });

  it('the token endpoint says nothing → unavailable when the time is over', async () => {
    province.tokenReply(() => undefined);
    expect(await failureOf(createAsk({ callMs: 20 })())).toMatchObject({ reason: 'time-out' });
  });

  it('an outage that ends → the next question gets its token', async () => {
    const ask = createAsk();
    province.tokenReply({ status: 503 });
    await failureOf(ask());
    province.tokenReply(null);
    expect(await ask()).toEqual(answer);
  });

  it('plain http to a host that is not loopback → no secret is sent', async () => {
    const ask = createAsk({ tokenUrl: 'http://carrier.example/oauth/token' });
    expect(await failureOf(ask())).toHaveProperty(
      'message',
      'sichuan/mobile-5g is unavailable: connection-failed (token endpoint OAUTH_HTTP_REQUEST_FORBIDDEN)',
    );
  });

  it('plain http to a host that was named for it → the token is fetched', async () => {
    // This machine under a name that doesn't say so.
    const tokenUrl = `${province.url.replace('127.0.0.1', '[::ffff:7f00:1]')}/oauth/token`;
    expect(await createAsk({ tokenUrl, plainHttpHosts: ['[::ffff:7f00:1]'] })()).toEqual(answer);
    expect(await failureOf(createAsk({ tokenUrl })())).toHaveProperty(
      'message',
      expect.stringContaining('OAUTH_HTTP_REQUEST_FORBIDDEN'),
    );
  });
});
