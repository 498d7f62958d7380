import { mkdtemp, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { networkInterfaces, tmpdir } from 'node:os';
import { join } from 'node:path';
import mongoose from 'mongoose';
import { type StoreServer, startStore } from '../../dev/servers/store.ts';

const { MongoClient } = mongoose.mongo;

// Whatever engine this machine has: the promises are the same.
describe('the store of the embedded stack', () => {
  let dataDir: string;
  let running: StoreServer[];

  beforeEach(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'linekeeper-test-'));
    running = [];
  });

  afterEach(async () => {
    await Promise.all(running.map((store) => store.kill()));
    await rm(dataDir, { recursive: true, force: true });
  });

  async function start(): Promise<StoreServer> {
    const store = await startStore({ dataDir });
    running.push(store);
    return store;
  }

  async function ids(store: StoreServer): Promise<number[]> {
    const client = await MongoClient.connect(store.urlOf('durability'));
    try {
      const documents = await client.db().collection<{ _id: number }>('written').find().toArray();
      return documents.map((document) => document._id).sort((a, b) => a - b);
    } finally {
      await client.close();
    }
  }

  /** Writes from 20 callers at once until told to stop; gives the ids that were acknowledged. */
  async function writeUntilKilled(store: StoreServer): Promise<number[]> {
    const client = await MongoClient.connect(store.urlOf('durability'), { serverSelectionTimeoutMS: 500 });
    const written = client.db().collection<{ _id: number; version: number }>('written');
    const acknowledged: number[] = [];
    let next = 0;
    const caller = async () => {
      for (;;) {
        next += 1;
        const id = next;
        await written.insertOne({ _id: id, version: 1 });
        await written.findOneAndUpdate({ _id: id, version: 1 }, { $inc: { version: 1 } });
        acknowledged.push(id);
        if (acknowledged.length === 400) void store.kill();
      }
    };
    await Promise.allSettled(Array.from({ length: 20 }, caller));
    await client.close();
    return acknowledged;
  }

  it('killed while 20 callers write → every acknowledged write is there after the next start', async () => {
    const acknowledged = await writeUntilKilled(await start());

    const found = await ids(await start());

    expect(acknowledged.length).toBeGreaterThanOrEqual(400);
    expect(acknowledged.filter((id) => !found.includes(id))).toEqual([]);
  });

  it('killed → unique indexes still hold after the next start', async () => {
    const first = await start();
    const before = await MongoClient.connect(first.urlOf('durability'));
    await before.db().collection('people').createIndex({ nickname: 1 }, { unique: true, name: 'byNickname' });
    await before.db().collection('people').insertOne({ nickname: 'lan' });
    await before.close();
    await first.kill();

    const after = await MongoClient.connect((await start()).urlOf('durability'));

    await expect(after.db().collection('people').insertOne({ nickname: 'lan' })).rejects.toMatchObject({
      code: 11000,
    });
    await after.close();
  });

  it('stopped → ends by itself with everything written', async () => {
    const first = await start();
    const client = await MongoClient.connect(first.urlOf('durability'));
    await client.db().collection<{ _id: number }>('written').insertOne({ _id: 7 });
    await client.close();

    await first.stop();

    expect((await first.ended).signal).not.toBe('SIGKILL');
    expect(await ids(await start())).toEqual([7]);
  });

  it('running → is reached on loopback only', async () => {
    const { port } = new URL((await start()).url);
    const others = Object.values(networkInterfaces())
      .flatMap((addresses) => addresses ?? [])
      .filter((address) => address.family === 'IPv4' && !address.internal)
      .map((address) => address.address);

    for (const host of others) expect(await canConnect(host, Number(port))).toBe(false);
    expect(await canConnect('127.0.0.1', Number(port))).toBe(true);
  });
});

function canConnect(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host, port });
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}
