import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { openDatabase } from '../../simulator/database.ts';
import { createMessages } from '../../simulator/messages.ts';
import { SECRET, startWorld, type World } from './provinces.ts';
import { startReceiver } from './receiver.ts';

const phone = '+8613912340001';
const record = {
  province: 'guangdong',
  system: 'mobile-5g',
  joinedAt: '2020-01-01T00:00:00Z',
  identity: { name: '张伟', idNumber: '519999199001010017' },
};

let folder: string;
let world: World;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'simulator-'));
  world = await start();
  await world.control('PUT', `/lines/${phone}`, record);
});
afterEach(async () => {
  await world.close();
  rmSync(folder, { recursive: true });
});

const books = () => ({ dataFile: join(folder, 'books', 'simulator.sqlite') });
const start = (): Promise<World> => startWorld(books());

async function restart(): Promise<void> {
  await world.close();
  world = await start();
}

describe('a restart', () => {
  it('books, bills and faults → as they were', async () => {
    await world.control('POST', `/lines/${phone}/suspend`);
    await world.control('PUT', '/faults/guangdong', { latencyMs: 1, loseEvents: 3 });
    const before = await world.control('GET', `/lines/${phone}`);
    await restart();
    expect((await world.control('GET', `/lines/${phone}`)).body).toEqual(before.body);
    expect((await world.control('GET', '/faults/guangdong')).body.faults).toEqual({
      latencyMs: 1,
      loseEvents: 3,
    });
  });

  it('events that Linekeeper has not taken → sent in their order, then the new ones', async () => {
    world.receiver.reply = () => 503;
    await world.control('POST', `/lines/${phone}/suspend`);
    await world.control('POST', `/lines/${phone}/restore`);
    await restart();
    await world.control('POST', `/lines/${phone}/cancel`);
    const calls = await world.receiver.received(3);
    expect(calls.map(({ body }) => body.type)).toEqual([
      'number.suspended',
      'number.restored',
      'number.cancelled',
    ]);
  });

  it('events that Linekeeper has taken → not sent again, and the sequence goes on without a gap', async () => {
    const before = await world.receiver.receivedHeartbeats(9);
    await world.control('POST', `/lines/${phone}/suspend`);
    before.push(...world.receiver.calls);
    await restart();
    const after = await world.receiver.receivedHeartbeats(9);
    await world.control('POST', `/lines/${phone}/restore`);
    expect(world.receiver.calls.map((call) => call.body.type)).toEqual(['number.restored']);
    const numbers = [...before, ...after, ...world.receiver.calls]
      .filter(({ path }) => path === '/v1/carriers/guangdong/mobile-5g/events')
      .map(({ body }) => Number(body.sequence));
    // A heartbeat whose answer came when the simulator was ending already is sent again.
    const distinct = [...new Set(numbers)].sort((x, y) => x - y);
    expect(distinct).toEqual(Array.from({ length: distinct.length }, (_, index) => index + 1));
    expect(distinct.length).toBeGreaterThanOrEqual(3);
  });

  it('a magic number that was changed → stays changed', async () => {
    await world.control('POST', '/lines/+8613900000001/cancel', { silent: true });
    await restart();
    expect((await world.control('GET', '/lines/+8613900000001')).body.line).toMatchObject({
      status: 'frozen',
    });
  });

  it('a heartbeat that still waits → speaks for the next ones', async () => {
    const dataFile = join(folder, 'away.sqlite');
    for (const _start of [1, 2, 3]) {
      await world.close();
      const away = await startReceiver(SECRET);
      away.reply = () => 503;
      world = await startWorld({ dataFile, receiver: away });
      await away.receivedHeartbeats(9);
    }
    await world.close();
    world = await startWorld({ dataFile });
    const heartbeats = await world.receiver.receivedHeartbeats(9);
    expect(heartbeats.map(({ body }) => body.sequence)).toEqual(Array(9).fill('1'));
    await world.control('PUT', `/lines/${phone}`, record);
    const { body } = await world.control('POST', `/lines/${phone}/suspend`);
    expect(body.event).toMatchObject({ sequence: '2' });
  });

  it('a province that is down → no heartbeat of it, and no number of the sequence used', async () => {
    await world.receiver.receivedHeartbeats(9);
    await world.control('PUT', '/faults/guangdong', { down: true });
    await restart();
    const heartbeats = await world.receiver.receivedHeartbeats(6);
    expect(heartbeats.filter(({ path }) => path.includes('guangdong'))).toEqual([]);
    await world.control('PUT', '/faults/guangdong', {});
    const { body } = await world.control('POST', `/lines/${phone}/suspend`);
    expect(body.event).toMatchObject({ sequence: '2' });
  });

  it('a retraction of an event from before it → undone', async () => {
    await world.control('POST', `/lines/${phone}/cancel`);
    await restart();
    const { body } = await world.control('POST', `/lines/${phone}/retract`);
    expect(body.line).toMatchObject({ status: 'in-use', customer: record.identity });
  });

  it('Linekeeper away at the start → what waits goes out when it is back', async () => {
    const { port } = new URL(world.receiver.url);
    await world.receiver.close();
    expect((await world.control('POST', `/lines/${phone}/cancel`)).body.delivered).toBeNull();
    const back = await startReceiver(SECRET, Number(port));
    const [call] = await back.received(1);
    expect(call).toMatchObject({ verified: true, body: { type: 'number.cancelled' } });
    await back.close();
  });

  it('a file of before mails had ids → opened, and mails are kept with theirs', () => {
    const file = join(folder, 'before.sqlite');
    const before = new DatabaseSync(file);
    before.exec(
      'create table messages (position integer primary key, channel text, at integer, recipient text, subject text, text text)',
    );
    before.close();
    const database = openDatabase(file);
    const messages = createMessages(database);
    const mail = { to: 'a@example.com', subject: 's', messageId: '<1@example.com>', text: 't' };
    messages.take({ channel: 'mail', at: 0, ...mail });
    expect(messages.sent('mail', undefined)).toEqual([{ at: '1970-01-01T00:00:00Z', ...mail }]);
    database.close();
  });
});
