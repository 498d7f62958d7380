import { type Answer, requestToken, startWorld, type World } from './provinces.ts';

const phone = '+8613812340001';
const identity = { name: '张伟', idNumber: '519999199001010017' };

/** What chance says next, where a test leaves something to it. */
let chance: number[] = [];
let world: World;
beforeEach(async () => {
  chance = [];
  world = await startWorld({ random: () => chance.shift() ?? 0.999 });
  await world.receiver.receivedHeartbeats(9);
  await world.control('PUT', `/lines/${phone}`, {
    province: 'sichuan',
    system: 'mobile-5g',
    joinedAt: '2020-01-01T00:00:00Z',
    identity,
  });
});
afterEach(() => world.close());

const fault = (faults: object): Promise<Answer> => world.control('PUT', '/faults/sichuan', faults);
const happen = (what: string): Promise<Answer> => world.control('POST', `/lines/${phone}/${what}`, {});
const query = (signal?: AbortSignal): Promise<Answer> =>
  world.ask('sichuan/mobile-5g/lines/query', { phone }, signal === undefined ? {} : { signal });
/** Whether a query gets an answer, for faults that break the connection. */
const answered = (): Promise<boolean> =>
  query().then(
    () => true,
    () => false,
  );
const sent = (): (string | undefined)[] => world.receiver.calls.map(({ body }) => body.type);

describe('PUT /_sim/faults', () => {
  it('a set of faults → in force instead of those before; {} → none', async () => {
    await fault({ latencyMs: 5, errorRate: 0.5 });
    expect((await fault({ loseEvents: true })).body).toEqual({
      province: 'sichuan',
      faults: { loseEvents: true },
    });
    expect((await fault({})).body).toEqual({ province: 'sichuan', faults: {} });
    expect((await world.control('GET', '/faults/sichuan')).body).toEqual({ province: 'sichuan', faults: {} });
  });

  it.each([
    ['an unknown fault', { explode: true }],
    ['a rate above 1', { errorRate: 1.5 }],
    ['a negative latency', { latencyMs: -1 }],
    ['a count that is no whole number', { dropResponses: 2.5 }],
  ])('%s → 400, faults as before', async (_what, faults) => {
    await fault({ latencyMs: 5 });
    expect((await fault(faults)).status).toBe(400);
    expect((await world.control('GET', '/faults/sichuan')).body.faults).toEqual({ latencyMs: 5 });
  });

  it('an unknown province → 404', async () => {
    expect((await world.control('PUT', '/faults/atlantis', { down: true })).status).toBe(404);
  });
});

describe('down', () => {
  it('every call → 503 out_of_service, tokens too; other provinces answer', async () => {
    await query();
    await fault({ down: true });
    expect(await query()).toMatchObject({ status: 503, body: { code: 'out_of_service' } });
    expect((await requestToken(world.simulator.url, 'sichuan')).status).toBe(503);
    expect((await world.ask('beijing/fixed/lines/query', { phone })).status).toBe(404);
  });

  it('events → none leaves until it ends, then all in their order', async () => {
    await fault({ down: true });
    for (const what of ['suspend', 'restore', 'cancel']) {
      expect((await happen(what)).body).toMatchObject({ event: expect.any(Object), delivered: null });
    }
    expect(sent()).toEqual([]);
    await fault({});
    await world.receiver.received(3);
    expect(sent()).toEqual(['number.suspended', 'number.restored', 'number.cancelled']);
  });

  it('a clerk → 503', async () => {
    await fault({ down: true });
    const asked = { phone, channel: 'counter', identity };
    expect((await world.control('POST', '/counter/bindings', asked)).status).toBe(503);
  });
});

describe('answers about lines', () => {
  it('errorRate 0.3 → those fail that chance says, and tokens never', async () => {
    await fault({ errorRate: 0.3 });
    chance = [0.29, 0.3, 0];
    const statuses = [await query(), await query(), await query()].map(({ status }) => status);
    expect(statuses).toEqual([503, 200, 503]);
  });

  it('latencyMs → no answer while another province gives one; the end of the simulator breaks it off', async () => {
    await query();
    await fault({ latencyMs: 600_000 });
    let pending = true;
    const late = query().then(
      () => 'an answer',
      () => 'broken off',
    );
    void late.then(() => {
      pending = false;
    });
    expect((await world.ask('beijing/fixed/lines/query', { phone })).status).toBe(404);
    expect(pending).toBe(true);
    await world.close();
    expect(await late).toBe('broken off');
    world = await startWorld();
  });

  it.each([
    ['true', true, [], [false, false, false]],
    ['2', 2, [], [false, false, true]],
    ['0.5', 0.5, [0.4, 0.6, 0.4], [false, true, false]],
    ['false', false, [], [true, true, true]],
    ['0', 0, [], [true, true, true]],
  ])(
    'dropResponses %s → these of three calls are answered: %#',
    async (_how, dropResponses, chances, expected) => {
      await query();
      await fault({ dropResponses });
      chance = chances.flatMap((one) => [0.999, one]);
      expect([await answered(), await answered(), await answered()]).toEqual(expected);
      expect((await world.control('GET', '/calls?province=sichuan')).body.calls).toMatchObject({ query: 4 });
    },
  );
});

describe('events', () => {
  it('duplicateEvents 1 → the next event twice under two webhook-ids, the one after it once', async () => {
    await fault({ duplicateEvents: 1 });
    await happen('suspend');
    await happen('restore');
    expect(sent()).toEqual(['number.suspended', 'number.suspended', 'number.restored']);
    const [one, other] = world.receiver.calls;
    expect(other?.body).toEqual(one?.body);
    expect(other?.headers['webhook-id']).not.toBe(one?.headers['webhook-id']);
  });

  it('reorderEvents → the first is held back until the second has been sent', async () => {
    await fault({ reorderEvents: true });
    expect((await happen('cancel')).body.delivered).toBeNull();
    expect((await happen('reclaim')).body.delivered).toEqual({ status: 202 });
    const calls = await world.receiver.received(2);
    expect(sent()).toEqual(['number.reclaimed', 'number.cancelled']);
    expect(calls.map(({ body }) => Number(body.sequence))).toEqual([3, 2]);
  });

  it('reorderEvents ends with nothing after the held event → it is sent', async () => {
    await fault({ reorderEvents: true });
    await happen('cancel');
    await fault({});
    await world.receiver.received(1);
    expect(sent()).toEqual(['number.cancelled']);
  });

  it('reorderEvents and nothing comes after the held event → it is sent after a while', async () => {
    await world.close();
    world = await startWorld({ times: { hold: 1 } });
    await world.control('PUT', `/lines/${phone}`, {
      province: 'sichuan',
      system: 'mobile-5g',
      joinedAt: '2020-01-01T00:00:00Z',
      identity,
    });
    await fault({ reorderEvents: true });
    await happen('cancel');
    await world.receiver.received(1);
    expect(sent()).toEqual(['number.cancelled']);
  });

  it('loseEvents 1 → the next is never sent and leaves a gap in the sequence; a replay brings it', async () => {
    await fault({ loseEvents: 1 });
    expect((await happen('suspend')).body).toMatchObject({ delivered: null, line: { status: 'suspended' } });
    await happen('replay');
    await happen('restore');
    expect(world.receiver.calls.map(({ body }) => [body.type, body.sequence])).toEqual([
      ['number.suspended', '2'],
      ['number.restored', '3'],
    ]);
  });

  it('loseEvents true → nothing is sent, though the books change', async () => {
    await fault({ loseEvents: true });
    await happen('suspend');
    await happen('restore');
    await fault({});
    await happen('cancel');
    expect(world.receiver.calls.map(({ body }) => [body.type, body.sequence])).toEqual([
      ['number.cancelled', '4'],
    ]);
  });
});
