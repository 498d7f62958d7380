import type { Answer, World } from './provinces.ts';
import { startWorld } from './provinces.ts';

const phone = '+8613812340001';
const zhang = { name: '张伟', idNumber: '519999199001010017' };
const li = { name: '李娜', idNumber: '519999199001010025' };
const joinedAt = '2024-06-30T00:30:15Z';

let world: World;
beforeEach(async () => {
  world = await startWorld();
  await put();
});
afterEach(() => world.close());

function put(more: object = {}): Promise<Answer> {
  return world.control('PUT', `/lines/${phone}`, {
    province: 'sichuan',
    system: 'mobile-5g',
    lineId: 'L-1',
    joinedAt,
    identity: zhang,
    status: 'in-use',
    ...more,
  });
}

function happen(what: string, body?: object, of = phone): Promise<Answer> {
  return world.control('POST', `/lines/${of}/${what}`, body);
}

const typesOf = (calls: { body: { type?: string } }[]) => calls.map(({ body }) => body.type);

describe('an event', () => {
  it('cancel → one signed CloudEvents event to the line’s system, shown as it was sent', async () => {
    const { status, body } = await happen('cancel', { at: '2026-11-01T08:00:00+08:00' });
    const [received, ...more] = world.receiver.calls;
    expect(received).toMatchObject({
      path: '/v1/carriers/sichuan/mobile-5g/events',
      verified: true,
      headers: { 'content-type': 'application/cloudevents+json' },
      body: {
        specversion: '1.0',
        id: expect.any(String),
        source: '/carriers/sichuan/mobile-5g',
        type: 'number.cancelled',
        time: '2026-11-01T00:00:00Z',
        sequence: expect.stringMatching(/^\d+$/),
        datacontenttype: 'application/json',
        data: { phone, lineId: 'L-1', joinedAt },
      },
    });
    expect(more).toEqual([]);
    expect(status).toBe(200);
    expect(body).toMatchObject({
      event: received?.body,
      delivered: { status: 202 },
      line: { status: 'frozen' },
    });
  });

  it.each([
    ['reissue', { identity: li }, 'number.reissued', { joinedAt: '2026-11-02T00:00:00Z', identity: li }],
    ['reissue', {}, 'number.reissued', { joinedAt: '2026-11-02T00:00:00Z' }],
    ['transfer', { identity: li }, 'number.transferred', { joinedAt: '2026-11-02T00:00:00Z', identity: li }],
    ['suspend', { identity: li }, 'number.suspended', { joinedAt }],
    ['cancel', {}, 'number.cancelled', { joinedAt }],
  ])('%s %j → %s with %j', async (what, body, type, data) => {
    await happen(what, { at: '2026-11-02T00:00:00Z', ...body });
    expect(world.receiver.calls[0]?.body).toMatchObject({ type });
    expect(world.receiver.calls[0]?.body.data).toEqual({ phone, lineId: expect.any(String), ...data });
  });

  it('port → the new system sends it, and the old one no longer has the line', async () => {
    const { body } = await happen('port', { system: 'mobile-4g' });
    expect(world.receiver.calls[0]).toMatchObject({
      path: '/v1/carriers/sichuan/mobile-4g/events',
      body: { source: '/carriers/sichuan/mobile-4g', type: 'number.ported', data: { joinedAt } },
    });
    expect(body.line).toMatchObject({ system: 'mobile-4g', portedIn: true, joinedAt });
    expect((await world.ask('sichuan/mobile-5g/lines/query', { phone })).status).toBe(404);
    expect((await world.ask('sichuan/mobile-4g/lines/query', { phone })).body).toMatchObject({
      portedIn: true,
    });
  });

  it('silent → the books change and nothing is sent', async () => {
    const { body } = await happen('cancel', { silent: true });
    expect(body).toMatchObject({ event: null, delivered: null, line: { status: 'frozen', joinedAt: null } });
    await happen('reclaim');
    expect(typesOf(world.receiver.calls)).toEqual(['number.reclaimed']);
  });

  it('a time before the line’s join date → a late notice, books as before', async () => {
    const before = await world.control('GET', `/lines/${phone}`);
    const { body } = await happen('cancel', { at: '2023-01-01T00:00:00Z' });
    expect(body.line).toEqual(before.body.line);
    expect(world.receiver.calls[0]?.body).toMatchObject({
      type: 'number.cancelled',
      time: '2023-01-01T00:00:00Z',
    });
    expect(world.receiver.calls[0]?.body.data).toEqual({ phone, lineId: 'L-1-former' });
  });

  it('events of two systems → each system counts its own sequence without gaps', async () => {
    const other = '+8613312340002';
    await world.control('PUT', `/lines/${other}`, {
      province: 'sichuan',
      system: 'mobile-4g',
      joinedAt,
      identity: li,
    });
    for (const what of ['suspend', 'restore', 'cancel']) {
      await happen(what);
      await happen(what, {}, other);
    }
    const heartbeats = await world.receiver.receivedHeartbeats(9);
    for (const system of ['mobile-5g', 'mobile-4g']) {
      const numbers = [...world.receiver.calls, ...heartbeats]
        .filter(({ path }) => path === `/v1/carriers/sichuan/${system}/events`)
        .map(({ body }) => Number(body.sequence));
      expect(numbers.sort((a, b) => a - b)).toEqual([1, 2, 3, 4]);
    }
  });

  it('a system without an event feed → the books change, no event', async () => {
    await world.close();
    world = await startWorld({ events: false });
    await put();
    const { body } = await happen('cancel');
    expect(body).toMatchObject({ event: null, delivered: null, line: { status: 'frozen' } });
  });
});

describe('heartbeats', () => {
  it('the start → one from each system with an event feed', async () => {
    const heartbeats = await world.receiver.receivedHeartbeats(9);
    expect(heartbeats.map(({ path }) => path).sort()).toEqual(
      ['beijing', 'guangdong', 'sichuan'].flatMap((province) =>
        ['fixed', 'mobile-4g', 'mobile-5g'].map((system) => `/v1/carriers/${province}/${system}/events`),
      ),
    );
    for (const { verified, body } of heartbeats) {
      expect(verified).toBe(true);
      expect(body).toMatchObject({ type: 'feed.heartbeat', sequence: '1', data: {} });
    }
  });

  it('an interval → another one from each', async () => {
    await world.close();
    world = await startWorld({ times: { heartbeat: 5 } });
    const ofOne = async (atLeast: number) =>
      (await world.receiver.receivedHeartbeats(atLeast)).filter(
        ({ path }) => path === '/v1/carriers/beijing/fixed/events',
      );
    // The others' answers may come first on a busy machine.
    let seen = 2;
    while ((await ofOne(seen)).length < 2) seen += 1;
    expect((await ofOne(seen)).map(({ body }) => body.sequence).slice(0, 2)).toEqual(['1', '2']);
  });
});
