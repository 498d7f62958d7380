import { startWorld, type World } from './provinces.ts';

const phone = '+8613812340001';
const zhang = { name: '张伟', idNumber: '519999199001010017' };
const li = { name: '李娜', idNumber: '519999199001010025' };
const record = {
  province: 'sichuan',
  system: 'mobile-5g',
  lineId: 'L-1',
  joinedAt: '2024-06-30T08:30:15+08:00',
  identity: zhang,
  status: 'in-use',
};

let world: World;
beforeEach(async () => {
  world = await startWorld();
});
afterEach(() => world.close());

const put = (more: object = {}, of = phone) => world.control('PUT', `/lines/${of}`, { ...record, ...more });

describe('PUT /_sim/lines', () => {
  it('a new line → its record with customer and billing account; nothing is sent', async () => {
    const { status, body } = await put();
    const customer = { customerId: expect.any(String), ...zhang };
    const billingAccount = { accountId: expect.any(String), customerId: expect.any(String) };
    expect(status).toBe(200);
    expect(body).toEqual({
      line: {
        phone,
        province: 'sichuan',
        system: 'mobile-5g',
        lineId: 'L-1',
        status: 'in-use',
        portedIn: false,
        joinedAt: '2024-06-30T00:30:15Z',
        customer,
        billingAccount,
        tenancies: [
          {
            lineId: 'L-1',
            joinedAt: '2024-06-30T00:30:15Z',
            endedAt: null,
            endReason: null,
            customer,
            billingAccount,
          },
        ],
      },
      event: null,
      delivered: null,
    });
    expect(world.receiver.calls).toEqual([]);
  });

  it('a line that is there → replaced whole, whatever it was and wherever', async () => {
    await put();
    await world.control('POST', `/lines/${phone}/cancel`, { silent: true });
    const { body } = await put({
      province: 'beijing',
      system: 'fixed',
      lineId: 'B-1',
      identity: li,
      portedIn: true,
    });
    expect(body.line).toMatchObject({ province: 'beijing', lineId: 'B-1', portedIn: true, customer: li });
    expect((body.line as { tenancies: unknown[] }).tenancies).toHaveLength(1);
  });

  it('the same record twice without a line id → the same line id; another join date → another', async () => {
    const lineId = async (more: object) =>
      (await put({ lineId: undefined, ...more })).body.line as { lineId: string };
    const first = await lineId({});
    expect(first.lineId).toMatch(/^L\d+$/);
    expect((await lineId({})).lineId).toBe(first.lineId);
    expect((await lineId({ joinedAt: '2025-01-01T00:00:00Z' })).lineId).not.toBe(first.lineId);
  });

  it('two lines of one person → one customer with a billing account for each line', async () => {
    type Triangle = {
      customer: { customerId: string };
      billingAccount: { accountId: string; customerId: string };
    };
    const one = (await put()).body.line as Triangle;
    const two = (await put({}, '+8613812340002')).body.line as Triangle;
    expect(two.customer.customerId).toBe(one.customer.customerId);
    expect(two.billingAccount.accountId).not.toBe(one.billingAccount.accountId);
    expect(two.billingAccount.customerId).toBe(one.customer.customerId);
  });

  it('one ID number under two names → two customers', async () => {
    const idOf = async (of: string, name: string) =>
      ((await put({ identity: { ...zhang, name } }, of)).body.line as { customer: { customerId: string } })
        .customer.customerId;
    expect(await idOf('+8613812340003', '张三')).not.toBe(await idOf(phone, '张伟'));
  });

  it.each([
    ['no body', undefined, '/province'],
    ['an unknown province', { ...record, province: 'atlantis' }, '/province'],
    ['an unknown system', { ...record, system: 'mobile-9g' }, '/system'],
    ['a broadband system', { ...record, system: 'broadband' }, 'broadband'],
    ['a join date without an offset', { ...record, joinedAt: '2024-06-30T08:30:15' }, '/joinedAt'],
    ['a join date that no calendar has', { ...record, joinedAt: '2024-06-31T08:30:15Z' }, '/joinedAt'],
    ['an identity without an ID number', { ...record, identity: { name: '张伟' } }, '/identity/idNumber'],
    ['a status that only events bring', { ...record, status: 'frozen' }, '/status'],
    ['a property that nobody knows', { ...record, more: 1 }, 'more'],
  ])('%s → 400 that says so', async (_what, body, named) => {
    const answer = await world.control('PUT', `/lines/${phone}`, body);
    expect(answer.status).toBe(400);
    expect(answer.headers.get('content-type')).toMatch(/^application\/problem\+json/);
    expect(answer.body).toMatchObject({ type: 'about:blank', status: 400, code: 'bad_request' });
    expect(answer.body.detail).toContain(named);
  });

  it.each(['13812340001', '+86138x', 'phone'])('%s instead of a number → 400', async (text) => {
    expect((await put({}, text)).status).toBe(400);
  });

  it('a body that is no JSON → 400 that does not repeat it', async () => {
    const response = await fetch(`${world.simulator.url}/_sim/lines/${phone}`, {
      method: 'PUT',
      body: '张伟',
    });
    const problem = await response.text();
    expect(response.status).toBe(400);
    expect(problem).not.toContain('张伟');
  });
});

describe('GET /_sim/lines', () => {
  it('a line with a history → its tenancies and events, oldest first', async () => {
    await put();
    await world.control('POST', `/lines/${phone}/cancel`, { at: '2025-01-01T00:00:00Z' });
    await world.control('POST', `/lines/${phone}/reissue`, { at: '2025-06-01T00:00:00Z', identity: li });
    const { body } = await world.control('GET', `/lines/${phone}`);
    expect(body.line).toMatchObject({
      joinedAt: '2025-06-01T00:00:00Z',
      customer: li,
      tenancies: [
        { lineId: 'L-1', endedAt: '2025-01-01T00:00:00Z', endReason: 'cancelled', customer: zhang },
        { joinedAt: '2025-06-01T00:00:00Z', endedAt: null, endReason: null, customer: li },
      ],
    });
    expect(body.events).toMatchObject([
      { event: { type: 'number.cancelled' }, delivery: { state: 'delivered', attempts: 1, status: 202 } },
      { event: { type: 'number.reissued' }, delivery: { state: 'delivered', attempts: 1, status: 202 } },
    ]);
  });

  it('the number written as +86… or %2B86… → the same line', async () => {
    await put();
    const encoded = await world.control('GET', `/lines/${encodeURIComponent(phone)}`);
    expect(encoded).toMatchObject({ status: 200, body: { line: { phone } } });
  });
});

describe('POST /_sim/lines/…', () => {
  it.each(['cancel', 'reclaim', 'reissue', 'transfer', 'suspend', 'restore', 'port', 'replay', 'retract'])(
    '%s of an unknown line → 404',
    async (what) => {
      const answer = await world.control('POST', `/lines/${phone}/${what}`, {});
      expect(answer).toMatchObject({ status: 404, body: { code: 'line_not_found' } });
    },
  );

  it('a change that cannot be → 409, nothing changed and nothing sent', async () => {
    await put();
    const before = await world.control('GET', `/lines/${phone}`);
    const { status, body } = await world.control('POST', `/lines/${phone}/reclaim`, {});
    expect({ status, code: body.code }).toEqual({ status: 409, code: 'transition_impossible' });
    expect((await world.control('GET', `/lines/${phone}`)).body).toEqual(before.body);
    expect(world.receiver.calls).toEqual([]);
  });

  it('no time given → now', async () => {
    await world.close();
    world = await startWorld({ now: () => Date.parse('2026-11-24T01:02:03.004Z') });
    await put();
    await world.control('POST', `/lines/${phone}/cancel`, { silent: true });
    const { body } = await world.control('POST', `/lines/${phone}/reissue`);
    expect(body).toMatchObject({
      line: { joinedAt: '2026-11-24T01:02:03.004Z', customer: null },
      event: { time: '2026-11-24T01:02:03.004Z', data: { joinedAt: '2026-11-24T01:02:03.004Z' } },
    });
  });

  it.each([
    ['cancel', { at: 'yesterday' }, '/at'],
    ['cancel', { more: 1 }, 'more'],
    ['reissue', { identity: {} }, '/identity/name'],
    ['port', { system: 'fixed' }, '/system'],
    ['port', { system: 'broadband' }, '/system'],
    ['port', { system: 'mobile-9g' }, '/system'],
    ['replay', { count: 0 }, '/count'],
    ['replay', { count: 101 }, '/count'],
  ])('%s %j → 400 that names %s', async (what, body, named) => {
    await put();
    const answer = await world.control('POST', `/lines/${phone}/${what}`, body);
    expect(answer.status).toBe(400);
    expect(answer.body.detail).toContain(named);
  });

  it('port without a system → the only other one of its kind; where there is none → 400', async () => {
    await put();
    const { body } = await world.control('POST', `/lines/${phone}/port`);
    expect(body.line).toMatchObject({ system: 'mobile-4g', portedIn: true });
    await put({ system: 'fixed' }, '+862812340001');
    expect((await world.control('POST', '/lines/+862812340001/port')).status).toBe(400);
  });
});
