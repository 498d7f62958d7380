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
