import { asUserId } from '../../domain/ids.ts';
import { removeAbandonedUsers } from '../../store/abandoned-users.ts';
import { createUser, createUsers } from '../../store/new-user.ts';
import type { CreationTools } from '../../store/new-user-steps.ts';
import type { Store } from '../../store/store.ts';
import { openTestStore } from '../store/open-store.ts';
import { type CrashPoint, crashable, sides } from './crashing-store.ts';
import { contents, day, empty, now, richUser, toolsOf } from './new-users.ts';

let store: Store;
let close: () => Promise<void>;
let crashing: ReturnType<typeof crashable>;

beforeAll(async () => {
  ({ store, close } = await openTestStore());
  crashing = crashable(store);
});
afterAll(() => close());
beforeEach(() => empty(store));

const user = richUser('import-1:1', 1);
const rival = richUser('import-1:2', 2, { phone: user.phone });
const later = { before: now + day, limit: 100 };

/** Runs on every write of a piece of work, before it and after it. Where there are how many is found out by running it. */
async function atEachWrite(work: () => Promise<unknown>, check: (point: CrashPoint) => Promise<void>) {
  const { writes } = await crashing.run(work, null);
  expect(writes).toBeGreaterThan(8);
  for (let atWrite = 1; atWrite <= writes; atWrite += 1) {
    for (const side of sides) {
      await empty(store);
      await check({ atWrite, side });
    }
  }
}

/** Whoever asks first whether the number is taken is told no: somebody claims it just after. */
function overtaken(): CreationTools {
  let asked = false;
  const findMany: Store['claims']['findMany'] = async (numberKeys) => {
    if (asked) return store.claims.findMany(numberKeys);
    asked = true;
    return [];
  };
  return { ...toolsOf(store), store: { ...store, claims: { ...store.claims, findMany } } };
}

const usersAndClaim = async () => {
  const { users, claims, handles } = await contents(store);
  const open = users.filter(({ status }) => status === 'open');
  return { open, claim: claims[0]?.claim, handles };
};

describe('createUser', () => {
  it('crash at any write, then called again → the same as without a crash', async () => {
    const undisturbed = await createUser(toolsOf(store), user);
    expect(undisturbed).toMatchObject({ ok: true });
    const wanted = await contents(store);
    await empty(store);

    await atEachWrite(
      () => createUser(toolsOf(store), user),
      async (point) => {
        const { crashed } = await crashing.run(() => createUser(toolsOf(store), user), point);
        expect(crashed).toBe(true);
        expect(await createUser(toolsOf(store), user)).toMatchObject({ ...undisturbed, toWake: null });
        expect(await contents(store)).toEqual(wanted);
      },
    );
  });

  it('many at once, crash at any write, then called again → the same as without a crash', async () => {
    const users = [1, 2, 3, 4, 5].map((index) => richUser(`import-1:${index}`, index));
    const undisturbed = await createUsers(toolsOf(store), users);
    const wanted = await contents(store);
    expect(wanted.claims).toHaveLength(5);
    await empty(store);

    await atEachWrite(
      () => createUsers(toolsOf(store), users),
      async (point) => {
        await crashing.run(() => createUsers(toolsOf(store), users), point);
        expect(await createUsers(toolsOf(store), users)).toEqual(undisturbed);
        expect(await contents(store)).toEqual(wanted);
      },
    );
  });

  it('overtaken on the number, crash at any write of taking back, then called again and swept → only the other one is left', async () => {
    const others = async () => {
      await createUser(toolsOf(store), rival);
      return contents(store);
    };
    const wanted = await others();
    await empty(store);

    await atEachWrite(
      async () => {
        await others();
        await createUser(overtaken(), user);
      },
      async (point) => {
        const { crashed } = await crashing.run(async () => {
          await others();
          await createUser(overtaken(), user);
        }, point);
        expect(crashed).toBe(true);
        await others();
        expect(await createUser(toolsOf(store), user)).toEqual({ ok: false, code: 'phone_in_use' });
        await removeAbandonedUsers({ ...toolsOf(store), ...later });
        expect(await contents(store)).toEqual(wanted);
      },
    );
  });
});

describe('removeAbandonedUsers', () => {
  it('crash at any write of creating → nothing is left, or all is there once the claim was made', async () => {
    await createUser(toolsOf(store), user);
    const whole = await contents(store);
    await empty(store);

    const ends = new Set<string>();
    await atEachWrite(
      () => createUser(toolsOf(store), user),
      async (point) => {
        await crashing.run(() => createUser(toolsOf(store), user), point);
        const claimed = (await contents(store)).claims.length > 0;
        await removeAbandonedUsers({ ...toolsOf(store), ...later });
        const { numbers, ...left } = await contents(store);
        ends.add(claimed ? 'whole' : 'nothing');
        if (claimed) expect({ numbers, ...left }).toEqual(whole);
        else expect(Object.values(left).flat()).toEqual([]);
      },
    );
    expect([...ends].sort()).toEqual(['nothing', 'whole']);
  });

  it('crash at any write of the sweep itself, then swept again → nothing is left', async () => {
    const leaveHalf = () =>
      crashing.run(() => createUser(toolsOf(store), user), { atWrite: 5, side: 'after' });
    const sweep = () => removeAbandonedUsers({ ...toolsOf(store), ...later });
    await leaveHalf();
    await atEachWrite(sweep, async (point) => {
      await leaveHalf();
      await crashing.run(sweep, point);
      await sweep();
      const { numbers: _, ...left } = await contents(store);
      expect(Object.values(left).flat()).toEqual([]);
    });
  });

  it('swept while it is still being created, by two at once → one user with its number and handles (I1)', async () => {
    for (let round = 0; round < 20; round += 1) {
      await empty(store);
      // It takes what is pending for lost at once; what it gave up itself it forgets only in a later sweep, as always.
      const hasty = { ...toolsOf(store), ...later, now: () => now + 2 * day };
      const sweeps = async () => {
        for (let turn = 0; turn < 3; turn += 1) await removeAbandonedUsers(hasty);
      };
      const [first, second] = await Promise.all([
        createUser(toolsOf(store), user),
        createUser(toolsOf(store), user),
        sweeps(),
        sweeps(),
      ]);
      const again = await createUser(toolsOf(store), user);
      const { open, claim, handles } = await usersAndClaim();
      expect(open).toHaveLength(1);
      const userId = open[0]?._id;
      for (const outcome of [first, second, again]) expect(outcome).toMatchObject({ ok: true, userId });
      expect(claim).toMatchObject({ userId });
      expect(handles.map((handle) => handle.userId)).toEqual([userId, userId]);
      expect((await store.accounts.ofUser(asUserId(String(userId)))).map(({ amount }) => amount)).toEqual([
        12_345, 7,
      ]);
    }
  });
});
