import { requestToken, startWorld, type World } from './provinces.ts';

const phone = '+8613812340001';
const zhang = { name: '张伟', idNumber: '51999919900101005X' };
/** 30 June in China, still 29 June in UTC. */
const joinedAt = '2024-06-30T00:30:15.750+08:00';

let world: World;
beforeEach(async () => {
  world = await startWorld();
});
afterEach(() => world.close());

function putLine(province: string, system: string, more: object = {}) {
  return world.control('PUT', `/lines/${phone}`, { province, system, joinedAt, identity: zhang, ...more });
}

describe('token endpoint', () => {
  it('right credentials by HTTP Basic → a bearer token that the calls accept', async () => {
    await putLine('sichuan', 'mobile-5g');
    const { status, body } = await requestToken(world.simulator.url, 'sichuan');
    expect({ status, body }).toEqual({
      status: 200,
      body: { access_token: expect.any(String), token_type: 'Bearer', expires_in: 600 },
    });
    const token = String(body.access_token);
    expect((await world.ask('sichuan/mobile-5g/lines/query', { phone }, { token })).status).toBe(200);
  });

  it('another secret → 401 invalid_client', async () => {
    const wrong = { clientId: 'linekeeper', clientSecret: 'other' };
    const { status, body } = await requestToken(world.simulator.url, 'sichuan', wrong);
    expect({ status, body }).toEqual({ status: 401, body: { error: 'invalid_client' } });
  });

  it('another grant → 400 unsupported_grant_type', async () => {
    const { status, body } = await requestToken(world.simulator.url, 'sichuan', undefined, 'password');
    expect({ status, body }).toEqual({ status: 400, body: { error: 'unsupported_grant_type' } });
  });

  it('a token of another province, a made-up or an expired one → 401', async () => {
    let now = Date.now();
    const other = await startWorld({ now: () => now });
    const foreign = String((await requestToken(other.simulator.url, 'beijing')).body.access_token);
    const own = String((await requestToken(other.simulator.url, 'sichuan')).body.access_token);
    const statuses = async () =>
      Promise.all(
        [foreign, 'made-up', own].map(
          async (token) => (await other.ask('sichuan/mobile-5g/lines/query', { phone }, { token })).status,
        ),
      );
    expect(await statuses()).toEqual([401, 401, 404]);
    now += 600_000;
    expect(await statuses()).toEqual([401, 401, 401]);
    await other.close();
  });
});

describe('lines/query', () => {
  it.each([
    ['sichuan', 'mobile-5g', 'to the second', { joinedAt: '2024-06-29T16:30:15Z' }],
    ['sichuan', 'fixed', 'to the second', { joinedAt: '2024-06-29T16:30:15Z' }],
    ['guangdong', 'mobile-5g', 'to the day in China', { joinedOn: '2024-06-30' }],
    ['beijing', 'mobile-5g', 'not at all', null],
    ['sichuan', 'mobile-4g', 'to the quarter', { joinedFrom: '2024-04-01', joinedTo: '2024-06-30' }],
    ['beijing', 'mobile-4g', 'to the quarter', { joinedFrom: '2024-04-01', joinedTo: '2024-06-30' }],
  ])('%s %s → the join date %s', async (province, system, _how, tenancy) => {
    await putLine(province, system, { lineId: 'L-1' });
    const { status, body, headers } = await world.ask(`${province}/${system}/lines/query`, { phone });
    expect({ status, body }).toEqual({
      status: 200,
      body: { lineId: 'L-1', status: 'in-use', portedIn: false, tenancy },
    });
    expect(headers.get('x-correlator')).toBe('test-1');
  });

  it.each([
    ['2024-01-01T00:00:00+08:00', { joinedFrom: '2024-01-01', joinedTo: '2024-03-31' }],
    ['2024-03-31T23:59:59+08:00', { joinedFrom: '2024-01-01', joinedTo: '2024-03-31' }],
    ['2024-12-31T23:59:59+08:00', { joinedFrom: '2024-10-01', joinedTo: '2024-12-31' }],
    ['2024-12-31T16:00:00Z', { joinedFrom: '2025-01-01', joinedTo: '2025-03-31' }],
  ])('a band of months around %s → %j', async (at, tenancy) => {
    await putLine('guangdong', 'mobile-4g', { joinedAt: at });
    expect((await world.ask('guangdong/mobile-4g/lines/query', { phone })).body.tenancy).toEqual(tenancy);
  });

  it('a frozen line → known, frozen, held by nobody', async () => {
    await putLine('sichuan', 'mobile-5g', { lineId: 'L-1' });
    await world.control('POST', `/lines/${phone}/cancel`, { silent: true });
    expect((await world.ask('sichuan/mobile-5g/lines/query', { phone })).body).toEqual({
      lineId: 'L-1',
      status: 'frozen',
      portedIn: false,
      tenancy: null,
    });
  });

  it.each([
    ['a number in nobody’s books', 'sichuan/mobile-5g', '+8613899999999'],
    ['a number of another system of the province', 'sichuan/mobile-4g', phone],
    ['a number of another province', 'beijing/mobile-5g', phone],
    ['a broadband system', 'sichuan/broadband', phone],
  ])('%s → 404 line_not_found', async (_what, path, asked) => {
    await putLine('sichuan', 'mobile-5g');
    const { status, body } = await world.ask(`${path}/lines/query`, { phone: asked });
    expect({ status, code: body.code }).toEqual({ status: 404, code: 'line_not_found' });
  });

  it.each([
    ['a body without the phone', {}],
    ['a body with something more', { phone, more: 1 }],
  ])('%s → 400 bad_request', async (_what, asked) => {
    const { status, body } = await world.ask('sichuan/mobile-5g/lines/query', asked);
    expect({ status, code: body.code }).toEqual({ status: 400, code: 'bad_request' });
  });

  it('a body that is no JSON → 400 bad_request in the dialect', async () => {
    const response = await fetch(`${world.simulator.url}/carrier/sichuan/mobile-5g/lines/query`, {
      method: 'POST',
      body: '{"phone":',
      headers: { 'content-type': 'application/json' },
    });
    expect([response.status, await response.json()]).toEqual([
      400,
      expect.objectContaining({ code: 'bad_request' }),
    ]);
  });

  it.each(['atlantis/mobile-5g', 'sichuan/mobile-9g', 'sichuan/__proto__'])(
    'system %s, which is not there → 404 not_found',
    async (path) => {
      const { status, body } = await world.ask(`${path}/lines/query`, { phone }, { token: 'any' });
      expect({ status, code: body.code }).toEqual({ status: 404, code: 'not_found' });
    },
  );
});

describe('lines/recycled-since', () => {
  it.each([
    ['the day before the join date', '2024-06-29', true],
    ['the day of the join date, in China', '2024-06-30', false],
    ['a later day', '2024-07-01', false],
  ])('%s → %s: %s', async (_what, date, recycled) => {
    await putLine('beijing', 'mobile-5g');
    const { status, body } = await world.ask('beijing/mobile-5g/lines/recycled-since', { phone, date });
    expect({ status, body }).toEqual({ status: 200, body: { recycled } });
  });

  it('a frozen line → 404, for it has no tenancy to speak of', async () => {
    await putLine('beijing', 'mobile-5g');
    await world.control('POST', `/lines/${phone}/cancel`, { silent: true });
    const { status } = await world.ask('beijing/mobile-5g/lines/recycled-since', {
      phone,
      date: '2024-01-01',
    });
    expect(status).toBe(404);
  });

  it('a date that no calendar has → 400', async () => {
    await putLine('beijing', 'mobile-5g');
    const { status } = await world.ask('beijing/mobile-5g/lines/recycled-since', {
      phone,
      date: '2024-02-30',
    });
    expect(status).toBe(400);
  });

  it('a system that answers with join dates → 501 capability_missing', async () => {
    await putLine('sichuan', 'mobile-5g');
    const { status, body } = await world.ask('sichuan/mobile-5g/lines/recycled-since', {
      phone,
      date: '2024-01-01',
    });
    expect({ status, code: body.code }).toEqual({ status: 501, code: 'capability_missing' });
  });
});

describe('lines/match', () => {
  const ask = (asked: object) => world.ask('beijing/mobile-5g/lines/match', { phone, ...asked });

  it.each([
    ['the same person', zhang, true],
    [
      'the name with a space, the check character in lower case',
      { name: '张 伟', idNumber: '51999919900101005x' },
      true,
    ],
    ['another name', { name: '张三', idNumber: zhang.idNumber }, false],
    ['another ID number', { name: zhang.name, idNumber: '519999199001010017' }, false],
  ])('%s → %j: %s', async (_what, asked, match) => {
    await putLine('beijing', 'mobile-5g');
    const { status, body } = await ask(asked);
    expect({ status, body }).toEqual({ status: 200, body: { match } });
  });

  it('a line without a real name → null', async () => {
    await putLine('beijing', 'mobile-5g', { identity: null });
    expect((await ask(zhang)).body).toEqual({ match: null });
  });

  it('a frozen line → null, also for its former holder', async () => {
    await putLine('beijing', 'mobile-5g');
    await world.control('POST', `/lines/${phone}/cancel`, { silent: true });
    expect((await ask(zhang)).body).toEqual({ match: null });
  });

  it('a system that cannot match → 501 capability_missing', async () => {
    const { status, body } = await world.ask('sichuan/broadband/lines/match', { phone, ...zhang });
    expect({ status, code: body.code }).toEqual({ status: 501, code: 'capability_missing' });
  });
});

describe('GET /_sim/calls', () => {
  it('calls to two provinces → counted by kind, also those that failed', async () => {
    await putLine('sichuan', 'mobile-5g');
    await world.ask('sichuan/mobile-5g/lines/query', { phone });
    await world.ask('sichuan/mobile-4g/lines/query', { phone });
    await world.ask('sichuan/mobile-5g/lines/match', { phone }, { token: 'none' });
    await world.ask('beijing/fixed/lines/query', { phone });

    const none = { token: 0, query: 0, 'recycled-since': 0, match: 0 };
    expect((await world.control('GET', '/calls?province=sichuan')).body).toEqual({
      province: 'sichuan',
      calls: { ...none, token: 1, query: 2, match: 1 },
      systems: { 'mobile-5g': { ...none, query: 1, match: 1 }, 'mobile-4g': { ...none, query: 1 } },
    });
    expect((await world.control('GET', '/calls')).body).toMatchObject({
      province: null,
      calls: { token: 2, query: 3 },
    });
    expect((await world.control('GET', '/calls?province=atlantis')).status).toBe(404);
  });
});
