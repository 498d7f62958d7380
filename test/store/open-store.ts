import { randomUUID } from 'node:crypto';
import { createFieldCipher } from '../../platform/field-cipher.ts';
import { createNumberHasher } from '../../platform/hashing.ts';
import type { KeyRing } from '../../platform/keys.ts';
import { createPasswords } from '../../platform/passwords.ts';
import { connectStore } from '../../store/connection.ts';
import { createStore, type Store } from '../../store/store.ts';

/** Keys for tests: any 32 bytes do. */
export const testRing = (id: string): KeyRing => ({ current: id, keys: { [id]: Buffer.alloc(32, id) } });

/** Passwords of tests: hashed at next to no cost. */
export const testPasswords = createPasswords({ memoryKiB: 8, passes: 1, lanes: 1 });

/** The hasher of tests. */
export const testHasher = createNumberHasher(testRing('n1'));

/** Opens a store of its own, in an empty database, on the server that the run was given. */
export async function openTestStore(): Promise<{ store: Store; url: string; close: () => Promise<void> }> {
  const server = process.env.LINEKEEPER_TEST_STORE_URL;
  if (!server) throw new Error('no store: run the tests by jest, whose global set-up starts one');
  const url = `${server}/test_${randomUUID().slice(0, 8)}`;
  const connection = await connectStore({ url });
  const store = createStore({ connection, cipher: createFieldCipher(testRing('f1')), hasher: testHasher });
  await store.setUp();
  return {
    store,
    url,
    close: async () => {
      await connection.dropDatabase();
      await store.close();
    },
  };
}
