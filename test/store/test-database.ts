import { randomUUID } from 'node:crypto';
import { createFieldCipher } from '../../platform/field-cipher.ts';
import { createKeys } from '../../platform/keys.ts';
import { connectStore } from '../../store/connection.ts';

/** Opens a database of its own on the run's store, for one test file. `close` drops it. */
export async function openTestDatabase() {
  const url = process.env.LINEKEEPER_TEST_STORE_URL;
  if (url === undefined)
    throw new Error('LINEKEEPER_TEST_STORE_URL is not set: the global set-up did not run');
  const connection = await connectStore({ url: `${url}/test-${randomUUID()}` });
  const { current, keys } = createKeys().fields;
  const ring = {
    current,
    keys: Object.fromEntries(Object.entries(keys).map(([id, key]) => [id, Buffer.from(key, 'base64')])),
  };
  return {
    connection,
    cipher: createFieldCipher(ring),
    async close() {
      await connection.dropDatabase();
      await connection.close();
    },
  };
}
