import { startWorld, type World } from './provinces.ts';

const phone = '+8613812340001';
const zhang = { name: '张伟', idNumber: '519999199001010017' };
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

describe('POST /_sim/counter/bindings', () => {
  const asked = { phone, channel: 'counter', identity: zhang, clerk: 'c-7', services: ['autoPay'] };

  it('a clerk’s request → the signed call with the line’s id, and its answer passed on', async () => {
    await put();
    world.receiver.reply = () => 409;
    world.receiver.replyBody = { code: 'user_not_real_name' };
    const { status, body } = await world.control('POST', '/counter/bindings', asked);
    expect({ status, body }).toEqual({ status: 409, body: { code: 'user_not_real_name' } });
    expect(world.receiver.calls).toMatchObject([
      {
        path: '/v1/carriers/sichuan/mobile-5g/bindings',
        verified: true,
        headers: { 'content-type': 'application/json' },
      },
    ]);
    expect(world.receiver.calls[0]?.body).toEqual({ ...asked, lineId: 'L-1' });
  });

  it('Linekeeper gives no answer → 504', async () => {
    await put();
    world.receiver.reply = () => null;
    expect((await world.control('POST', '/counter/bindings', asked)).status).toBe(504);
  });

  it('an unknown line → 404; another channel → 400', async () => {
    expect((await world.control('POST', '/counter/bindings', asked)).status).toBe(404);
    expect((await world.control('POST', '/counter/bindings', { ...asked, channel: 'fax' })).status).toBe(400);
  });
});

describe('bills, bindings and payments', () => {
  it('a bill of a line → on file; a wrong month or amount → 400; an unknown line → 404', async () => {
    await put();
    const bill = (of: string, month: string, amountFen: number) =>
      world.control('PUT', `/bills/${of}/${month}`, { amountFen });
    expect(await bill(phone, '2026-10', 5_900)).toMatchObject({
      status: 200,
      body: { phone, month: '2026-10', amountFen: 5_900 },
    });
    expect((await bill(phone, '2026-13', 1)).status).toBe(400);
    expect((await bill(phone, '2026-10', -1)).status).toBe(400);
    expect((await bill(phone, '2026-10', 0.5)).status).toBe(400);
    expect((await bill('+8613899999999', '2026-10', 1)).status).toBe(404);
  });

  it.each(['bindings', 'payments', 'sms?phone='])(
    'GET %s of a number without any → no items',
    async (what) => {
      const path = what.endsWith('=') ? `/${what}${phone}` : `/${what}/${phone}`;
      expect(await world.control('GET', path)).toMatchObject({ status: 200, body: { items: [] } });
    },
  );
});

describe('the server', () => {
  it('GET /health/live → 200', async () => {
    expect((await fetch(`${world.simulator.url}/health/live`)).status).toBe(200);
  });

  it('a path that is not there → 404 problem', async () => {
    expect(await world.control('GET', '/nothing')).toMatchObject({
      status: 404,
      body: { code: 'not_found' },
    });
  });

  it('its address → on the loopback interface', () => {
    expect(new URL(world.simulator.url).hostname).toBe('127.0.0.1');
  });
});
