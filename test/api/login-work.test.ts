import { loginByPassword } from '../../api/logins/by-password.ts';
import { createLoginLimits } from '../../api/logins/login-limits.ts';
import type { Store } from '../../store/store.ts';
import { openTestStore, testHasher, testPasswords } from '../store/open-store.ts';
import { tripsOf } from '../store/round-trips.ts';
import { makePerson, type Person } from './people.ts';

let store: Store;
let close: () => Promise<void>;
beforeAll(async () => {
  ({ store, close } = await openTestStore());
});
afterAll(() => close());

/** Tries a wrong password. Gives the calls to the store, and how many passwords were compared. */
async function workFor(login: string) {
  let compared = 0;
  const passwords = {
    ...testPasswords,
    verify: (...asked: Parameters<typeof testPasswords.verify>) => {
      compared += 1;
      return testPasswords.verify(...asked);
    },
  };
  const limits = createLoginLimits({ store, failuresPerAddress: 1_000 });
  const aside = { run: async () => undefined, drain: async () => true };
  const tools = { store, hasher: testHasher, passwords, limits, aside };
  const tried = { login, password: 'not the password', address: '192.0.2.1', now: Date.now() };
  const { calls } = await tripsOf(() => loginByPassword(tools, tried).catch(() => null));
  return { kinds: calls.map((call) => call.replace(/^(claims|handles)\./, 'name.')).sort(), compared };
}

describe('a login by password that is refused', () => {
  it.each([
    ['a phone', ({ phone }: Person) => phone, '+8613800000011'],
    ['a nickname', ({ nickname }: Person) => nickname, 'nobody at all'],
    ['an e-mail', ({ email }: Person) => email, 'nobody@example.com'],
    ['a phone, against what is no login', ({ phone }: Person) => phone, '\u0000'],
  ])(
    '%s of somebody and of nobody → the same calls to the store, and one password compared',
    async (_, of, nobodys) => {
      const known = await workFor(of(await makePerson(store)));
      const unknown = await workFor(nobodys);
      expect(known.compared).toBe(1);
      expect(unknown).toEqual(known);
    },
  );

  it('of somebody without a password → the same', async () => {
    const known = await workFor((await makePerson(store)).phone);
    await expect(workFor((await makePerson(store, { password: null })).phone)).resolves.toEqual(known);
  });
});
