import { createLostMailActivities } from '../../activities/mail/lost-mails.ts';
import { createSweepActivities } from '../../activities/sweep/sweep.ts';
import { loadRegistry } from '../../carriers/registry.ts';
import { dataFolderAt } from '../../dev/stack/data-folder.ts';
import { parseDuration } from '../../domain/instant.ts';
import { createFieldCipher } from '../../platform/field-cipher.ts';
import { createNumberHasher } from '../../platform/hashing.ts';
import { loadKeys } from '../../platform/keys.ts';
import { connectStore } from '../../store/connection.ts';
import { createStore } from '../../store/store.ts';
import type { Inside } from './inside.ts';
import type { OwnStack } from './own-stack.ts';

/** Longer than anything is left lying before the sweep removes it, and shorter than anything is kept. */
const laterMs = 20 * 60_000;

/** Sweeps a stack's store as its worker will in twenty minutes, and again after that. */
export async function sweepLater({
  dataDir,
  now: { stack },
}: Pick<OwnStack, 'dataDir' | 'now'>): Promise<void> {
  const folder = dataFolderAt(dataDir);
  const keys = loadKeys(folder.keys);
  const hasher = createNumberHasher(keys.numbers);
  const store = createStore({
    connection: await connectStore({ url: stack.endpoints.store }),
    cipher: createFieldCipher(keys.fields),
    hasher,
  });
  const idle = async () => undefined;
  const messenger = { wakeNumbers: idle, deliverNotice: idle, runImport: idle, deliverMail: idle };
  const freeze = parseDuration(stack.endpoints.freeze);
  if (!freeze.ok) throw new Error(freeze.detail);
  const registry = loadRegistry({ file: folder.registry, env: {}, freeze: freeze.value });
  const { tidyUp } = createSweepActivities({ store, registry, messenger });
  const { tidyHandles } = createLostMailActivities({ store, messenger });
  try {
    for (const now of [Date.now() + laterMs, Date.now() + 2 * laterMs]) {
      await tidyUp({ now });
      await tidyHandles({ now });
    }
  } finally {
    await store.close();
  }
}

interface StoredUser {
  _id: string;
  status: string;
  nickname: string | null;
  emailVerified: boolean;
  customerId: string | null;
  handleChange?: object | null;
}

interface Owned {
  _id: string;
  userId: string;
}

/** What a crash left behind of users that never came to be, and what was begun and never finished. */
export async function orphansIn({ db }: Inside): Promise<string[]> {
  const all = <T extends { _id: string }>(name: string) => db.collection<T>(name).find().toArray();
  const [users, customers, claims, requests, notices] = await Promise.all([
    all<StoredUser>('users'),
    all<{ _id: string }>('customers'),
    all<{ _id: string; claim: { userId: string } | null; owed?: object[] }>('claims'),
    all<{ _id: string; status: string }>('phoneRequests'),
    all<{ _id: string; status: string }>('notices'),
  ]);
  const openUsers = users.filter(({ status }) => status === 'open');
  const open = new Set(openUsers.map(({ _id }) => _id));
  const names = new Set(
    openUsers.flatMap(({ _id, nickname, emailVerified }) => [
      ...(nickname === null ? [] : [`nickname ${_id}`]),
      ...(emailVerified ? [`email ${_id}`] : []),
    ]),
  );
  const customersOfUsers = new Set(users.map(({ customerId }) => customerId));
  const owned = await Promise.all(
    ['handles', 'accounts', 'sessions'].map(async (name) =>
      (await all<Owned>(name))
        .filter(({ userId }) => !open.has(userId))
        .map(({ _id }) => `${name} ${_id} of nobody`),
    ),
  );
  const handles = await all<Owned>('handles');
  return [
    ...owned.flat(),
    ...handles
      .filter(({ _id, userId }) => !names.has(`${_id.split(':')[0]} ${userId}`))
      .map(({ _id }) => `handle ${_id} that its user doesn't have`),
    ...users
      .filter(({ status, handleChange }) => status !== 'open' || handleChange)
      .map(({ _id, status }) => `user ${_id} is ${status}`),
    ...customers
      .filter(({ _id }) => !customersOfUsers.has(_id))
      .map(({ _id }) => `customer ${_id} of nobody`),
    ...claims
      .filter(({ claim }) => claim !== null && !open.has(claim.userId))
      .map(({ _id }) => `claim on ${_id} of nobody`),
    ...claims.filter(({ owed = [] }) => owed.length > 0).map(({ _id }) => `duties are owed on ${_id}`),
    ...requests.filter(({ status }) => status === 'pending').map(({ _id }) => `request ${_id} is pending`),
    ...notices.filter(({ status }) => status === 'owed').map(({ _id }) => `notice ${_id} is owed`),
  ];
}
