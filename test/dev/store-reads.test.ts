import { connectStore } from '../../store/connection.ts';

/** What the embedded store's library alone does not promise: see the launcher. */
describe('the store', () => {
  it('documents read while 20 others write them → never a new version beside old fields', async () => {
    const connection = await connectStore({ url: `${process.env.LINEKEEPER_TEST_STORE_URL}/torn_reads` });
    const documents = connection.collection<{ _id: string; first: number; list: number[]; version: number }>(
      'pairs',
    );
    await documents.insertOne({ _id: 'one', first: 0, list: [], version: 0 });
    const write = async (): Promise<void> => {
      for (let done = 0; done < 15; ) {
        const seen = await documents.findOne({ _id: 'one' });
        if (!seen) throw new Error('the document is gone');
        expect([seen.first, seen.list.length]).toEqual([seen.version, seen.version]);
        const next = seen.version + 1;
        const written = await documents.findOneAndUpdate(
          { _id: 'one', version: seen.version },
          { $set: { version: next, first: next, list: [...seen.list, next] } },
          { returnDocument: 'after' },
        );
        if (written) done += 1;
      }
    };
    try {
      await Promise.all(Array.from({ length: 20 }, write));
      expect(await documents.findOne({ _id: 'one' })).toMatchObject({ version: 300 });
    } finally {
      await connection.dropDatabase();
      await connection.close();
    }
  }, 60_000);

  it('a filter that names keys and more → only those among them that fit the whole filter', async () => {
    const connection = await connectStore({ url: `${process.env.LINEKEEPER_TEST_STORE_URL}/keyed_filters` });
    const documents = connection.collection<{ _id: string; state: string; version: number; seen?: boolean }>(
      'things',
    );
    const some = { _id: { $in: ['one', 'two', 'none'] } };
    try {
      await documents.insertMany([
        { _id: 'one', state: 'open', version: 1 },
        { _id: 'two', state: 'shut', version: 1 },
        { _id: 'three', state: 'open', version: 1 },
      ]);
      expect(await documents.findOne({ _id: 'one', version: 2 })).toBeNull();
      expect(await documents.findOne({ _id: 'one', version: 1 })).toMatchObject({ state: 'open' });
      expect(await documents.findOne({ _id: { $in: ['one', 'two'], $gt: 'p' } })).toMatchObject({
        _id: 'two',
      });
      expect(await documents.countDocuments({ ...some, state: 'open' })).toBe(1);
      const change = { $set: { seen: true } };
      expect(await documents.updateMany({ ...some, state: 'open' }, change)).toMatchObject({
        matchedCount: 1,
      });
      expect(
        await documents.updateOne({ _id: 'two', $or: [{ state: 'open' }, { version: 1 }] }, change),
      ).toMatchObject({ matchedCount: 1 });
      expect(await documents.deleteMany({ _id: 'three', state: 'shut' })).toMatchObject({ deletedCount: 0 });
      expect(await documents.countDocuments({ seen: true })).toBe(2);
    } finally {
      await connection.dropDatabase();
      await connection.close();
    }
  });
});
