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

describe('delivery', () => {
  it('refused connections and 5xx → the same event under the same webhook-id until a 2xx, then the next', async () => {
    const replies = [503, null, 500, 202, 202];
    world.receiver.reply = ({ body }) =>
      body.type === 'feed.heartbeat' ? 202 : (replies.shift() as number | null);
    expect((await happen('suspend')).body.delivered).toEqual({ status: 503 });
    await happen('restore');

    const calls = await world.receiver.received(5);
    expect(typesOf(calls)).toEqual([...Array(4).fill('number.suspended'), 'number.restored']);
    const [first, ...repeated] = calls.slice(0, 4);
    for (const call of repeated) {
      expect(call.body).toEqual(first?.body);
      expect(call.headers['webhook-id']).toBe(first?.headers['webhook-id']);
      expect(call.verified).toBe(true);
    }
    expect(calls[4]?.headers['webhook-id']).not.toBe(first?.headers['webhook-id']);
  });

  it('one line that waits → other lines go on', async () => {
    const other = '+8613812340002';
    await world.control('PUT', `/lines/${other}`, {
      province: 'sichuan',
      system: 'mobile-5g',
      joinedAt,
      identity: li,
    });
    world.receiver.reply = ({ body }) => (body.data?.phone === phone ? 503 : 202);
    expect((await happen('cancel')).body.delivered).toEqual({ status: 503 });
    expect((await happen('cancel', {}, other)).body.delivered).toEqual({ status: 202 });
  });

  it('400 → the line’s later events go on, and the refused one is tried again', async () => {
    let refuse = true;
    const taken = new Promise<void>((resolve) => {
      world.receiver.reply = ({ body }) => {
        if (body.type === 'number.suspended' && !refuse) {
          resolve();
        }
        return body.type === 'number.suspended' && refuse ? 400 : 202;
      };
    });
    expect((await happen('suspend')).body.delivered).toEqual({ status: 400 });
    expect((await happen('restore')).body.delivered).toEqual({ status: 202 });
    refuse = false;
    await taken;
  });

  it('no answer to the first attempt in time → delivered is null, and the event still arrives', async () => {
    await world.close();
    world = await startWorld({ times: { firstAttempt: 1 } });
    await put();
    let answer: (status: number) => void = () => undefined;
    world.receiver.reply = ({ body }) =>
      body.type === 'feed.heartbeat'
        ? 202
        : new Promise((resolve) => {
            answer = resolve;
          });
    expect((await happen('cancel')).body.delivered).toBeNull();
    await world.receiver.received(1);
    answer(202);
    expect(typesOf(world.receiver.calls)).toEqual(['number.cancelled']);
  });
});

describe('replay', () => {
  it('count 3 → the last event three times more, each a delivery of its own', async () => {
    await happen('suspend');
    await happen('restore');
    const { body } = await happen('replay', { count: 3 });
    expect(body).toMatchObject({ event: { type: 'number.restored' }, delivered: { status: 202 } });
    const [, last, ...again] = world.receiver.calls;
    expect(again.map((call) => call.body)).toEqual(Array(3).fill(last?.body));
    expect(again.every((call) => call.verified)).toBe(true);
    expect(new Set([last, ...again].map((call) => call?.headers['webhook-id'])).size).toBe(4);
  });

  it('no event yet → 404', async () => {
    const { status, body } = await happen('replay');
    expect({ status, code: body.code }).toEqual({ status: 404, code: 'event_not_found' });
  });
});

describe('retract', () => {
  it('the last event → event.retracted names it, and the books are as before it', async () => {
    const before = await world.control('GET', `/lines/${phone}`);
    const { body: cancelled } = await happen('cancel');
    const { status, body } = await happen('retract', { at: '2026-11-03T00:00:00Z' });
    const { id } = cancelled.event as { id: string };
    expect(status).toBe(200);
    expect(body.line).toEqual(before.body.line);
    expect(world.receiver.calls[1]?.body).toMatchObject({
      type: 'event.retracted',
      source: '/carriers/sichuan/mobile-5g',
      time: '2026-11-03T00:00:00Z',
    });
    expect(world.receiver.calls[1]?.body.data).toEqual({ phone, lineId: 'L-1', eventId: id });
  });

  it('a reissue → the former customer is back', async () => {
    await happen('cancel');
    await happen('reissue', { identity: li });
    const { body } = await happen('retract');
    expect(body.line).toMatchObject({ status: 'frozen', lineId: 'L-1' });
    expect((await happen('reclaim')).body.line).toMatchObject({ customer: zhang, joinedAt });
  });

  it('an event that is no longer the last change → told, books as they are', async () => {
    const { body: suspended } = await happen('suspend');
    await happen('restore');
    const { id } = suspended.event as { id: string };
    const { body } = await happen('retract', { eventId: id });
    expect(body.line).toMatchObject({ status: 'in-use' });
    expect(world.receiver.calls[2]?.body.data).toMatchObject({ eventId: id });
  });

  it('after a silent change → told, books as they are', async () => {
    await happen('suspend');
    await happen('cancel', { silent: true });
    expect((await happen('retract')).body.line).toMatchObject({ status: 'frozen' });
  });

  it('an event from before a port → the system that sent it takes it back', async () => {
    const { body } = await happen('suspend');
    await happen('port', { system: 'mobile-4g' });
    await happen('retract', { eventId: (body.event as { id: string }).id });
    expect(world.receiver.calls[2]?.body).toMatchObject({
      type: 'event.retracted',
      source: '/carriers/sichuan/mobile-5g',
    });
  });

  it('a late notice between → the change before it is still the last one', async () => {
    await happen('suspend');
    await happen('cancel', { at: '2023-01-01T00:00:00Z' });
    expect((await happen('retract')).body.line).toMatchObject({ status: 'suspended' });
    const { id } = world.receiver.calls[0]?.body ?? {};
    expect((await happen('retract', { eventId: id })).body.line).toMatchObject({ status: 'in-use' });
  });

  it('a port → the new system takes it back', async () => {
    await happen('port', { system: 'mobile-4g' });
    const { body } = await happen('retract');
    expect(body.line).toMatchObject({ system: 'mobile-5g', lineId: 'L-1', portedIn: false });
    expect(world.receiver.calls[1]?.path).toBe('/v1/carriers/sichuan/mobile-4g/events');
  });

  it('twice → 409; an unknown event → 404', async () => {
    const { body } = await happen('suspend');
    const { id } = body.event as { id: string };
    await happen('retract', { eventId: id });
    expect(await happen('retract', { eventId: id })).toMatchObject({
      status: 409,
      body: { code: 'already_retracted' },
    });
    expect(await happen('retract', { eventId: 'other' })).toMatchObject({
      status: 404,
      body: { code: 'event_not_found' },
    });
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
    const heartbeats = await world.receiver.receivedHeartbeats(27);
    const ofOne = heartbeats.filter(({ path }) => path === '/v1/carriers/beijing/fixed/events');
    expect(ofOne.map(({ body }) => body.sequence).slice(0, 2)).toEqual(['1', '2']);
  });
});
