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
});
