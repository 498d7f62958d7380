import { parseEmail, parseNickname } from '../../domain/handle.ts';
import { parseIdNumber } from '../../domain/id-number.ts';
import type { Parsed } from '../../domain/parsed.ts';
import { parsePersonName } from '../../domain/person-name.ts';
import { type PhoneNumber, parsePhoneNumber } from '../../domain/phone-number.ts';
import type { RulesOf } from '../../store/new-claim.ts';
import type { NewUser } from '../../store/new-user-records.ts';
import type { CreationTools } from '../../store/new-user-steps.ts';
import type { Store } from '../../store/store.ts';
import { testHasher, testPasswords } from '../store/open-store.ts';

const must = <T>(parsed: Parsed<T>): T => {
  if (!parsed.ok) throw new Error(parsed.detail);
  return parsed.value;
};

export const day = 86_400_000;
export const now = Date.parse('2026-11-24T08:00:00Z');
export const claimedAt = Date.parse('2024-05-01T00:00:00Z');

export const rulesOf: RulesOf = ({ numberKey }) => ({
  freeze: { numberKey, length: 90 * day },
  policy: { bound: 'at-once', unbound: 'at-freeze-end' },
});

export const toolsOf = (store: Store): CreationTools => ({
  store,
  rulesOf,
  passwords: testPasswords,
  now: () => now,
});

/** A served number for each index. */
export const phoneOf = (index: number): PhoneNumber =>
  must(parsePhoneNumber(`+86138${String(index).padStart(8, '0')}`));

export const provenPhone = (index: number) => ({
  phone: phoneOf(index),
  numberKey: testHasher.numberKeyOf(phoneOf(index)),
  home: { province: 'sichuan', system: 'mobile-5g' },
  claimedAt,
});

/** A user with everything that a user can have. */
export const richUser = (ref: string, index: number, change: Partial<NewUser> = {}): NewUser => ({
  origin: { kind: 'import', ref },
  registeredAt: claimedAt,
  nickname: must(parseNickname(`nick ${index}`)),
  email: { address: must(parseEmail(`user${index}@example.com`)), verified: true },
  password: {
    hash: '$argon2id$v=19$m=19456,t=2,p=1$c29tZXNhbHRzb21lc2FsdA$aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa',
  },
  identity: {
    name: must(parsePersonName('张三')),
    idNumber: must(parseIdNumber('11010519491231002X', '2026-11-24')),
    verifiedAt: now,
  },
  accounts: [
    { kind: 'balance', amount: 12_345 },
    { kind: 'points', amount: 7 },
  ],
  phone: provenPhone(index),
  ...change,
});

/** All that lies in the store, without what differs between two runs that come to the same: seals and versions. */
export async function contents(store: Store) {
  const all = async (name: string) => {
    const model = store.users.model.db.models[name];
    return model === undefined ? [] : model.find().sort({ _id: 1 }).lean<Record<string, unknown>[]>();
  };
  const sealed = new Set(['phone', 'nickname', 'email', 'name', 'idNumber', 'version']);
  const plain = (docs: Record<string, unknown>[]) =>
    docs.map((doc) =>
      Object.fromEntries(
        Object.entries(doc).filter(([key, value]) => !(sealed.has(key) && typeof value !== 'object')),
      ),
    );
  return {
    users: plain(await all('users')),
    customers: plain(await all('customers')),
    accounts: plain(await all('accounts')),
    ledger: plain(await all('ledger')),
    handles: plain(await all('handles')),
    claims: plain(await all('claims')),
    numbers: plain(await all('numbers')),
    evidence: plain(await all('evidence')),
  };
}

/** Empties the store. */
export async function empty(store: Store): Promise<void> {
  for (const model of Object.values(store.users.model.db.models)) await model.deleteMany({});
}
