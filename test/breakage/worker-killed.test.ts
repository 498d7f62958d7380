import { createChance } from './chance.ts';
import { faultsOf } from './outcome.ts';
import { type OwnStack, openOwnStack } from './own-stack.ts';
import { createPeople } from './people.ts';
import { claimedAt, stories } from './stories.ts';
import { importLineOf, type Resident, settleTown, tell } from './town.ts';
import { until } from './until.ts';

/** Where the blows fall; another number tries other places. */
const chance = createChance(20_261_124);

let own: OwnStack;
beforeAll(async () => {
  own = await openOwnStack();
}, 120_000);
afterAll(() => own?.close(), 60_000);
beforeEach(() => own.mend(), 60_000);

/** The worker dies (SIGKILL) at the moment when so many of these claims have come to a state. */
async function killWorkerAt(state: 'suspended' | 'ended', residents: readonly Resident[], count: number) {
  const { stack, inside } = own.now;
  await until({
    what: `${count} claims are ${state}`,
    withinMs: 60_000,
    everyMs: 3,
    look: async () => (await inside.countClaims(residents, state)) >= count,
  });
  await stack.kill('worker');
}

describe('the worker killed (kill -9)', () => {
  let importId: string;
  let released: Resident[];

  it('I6: three times in the middle of 40 releases → each claim released and its user told, once', async () => {
    const { stack, caller, inside } = own.now;
    const longAgo = stories.filter(({ name }) => name === 'cancelled long ago, told now');
    released = await settleTown({ caller, stories: longAgo, count: 40, firstNumber: 61_000_000 });
    const newUsers = createPeople({ count: 300, firstNumber: 61_900_000 });
    importId = await caller.sendImport(newUsers.map((person) => importLineOf(person, claimedAt)));
    await stack.kill('worker');

    // Acknowledged while no worker runs, and while one is dying.
    expect(await tell(caller, released.slice(0, 20))).toEqual(Array(20).fill({ status: 202 }));
    for (const further of [[], released.slice(20), []]) {
      const ended = await inside.countClaims(released, 'ended');
      const starting = stack.restart('worker').catch(() => undefined);
      const blow = killWorkerAt('ended', released, Math.min(ended + 1 + chance(15), released.length));
      await tell(caller, further);
      await Promise.all([blow, starting]);
    }
    await stack.restart('worker');

    await inside.everythingDone({ caller, residents: released, withinMs: 120_000 });
    expect(await faultsOf({ caller, inside, residents: released })).toEqual([]);
  }, 240_000);

  it('I1, I3, I6, I7, I8: in the middle of suspensions, of the freeze and of its end → every story ends as it would', async () => {
    const { stack, caller, inside } = own.now;
    const residents = await settleTown({ caller, stories, count: 44, firstNumber: 62_000_000 });

    const told = tell(caller, residents);
    await killWorkerAt('suspended', residents, 1 + chance(12));
    await told;
    await stack.restart('worker');
    await killWorkerAt('suspended', residents, 8);
    await stack.restart('worker');
    await killWorkerAt('ended', residents, 5 + chance(12));
    await stack.restart('worker');

    await inside.everythingDone({ caller, residents, withinMs: 120_000 });
    expect(await faultsOf({ caller, inside, residents })).toEqual([]);
  }, 240_000);

  it('I7: while late and repeated notices come for numbers that others claimed since → nothing happens to those', async () => {
    const { stack, caller, inside } = own.now;
    const newcomers = createPeople({ count: 40, firstNumber: 61_000_000 });
    await Promise.all(released.map(({ phone }) => caller.change(phone, 'reissue', { silent: true })));
    const since = new Date().toISOString();
    const userIds = await caller.importedUsers(
      await caller.sendImport(newcomers.map((person) => importLineOf(person, since))),
    );
    const newHolders = new Map(newcomers.map(({ phone }, index) => [phone, userIds[index] ?? '']));

    const at = new Date(Date.now() - 1_800_000).toISOString();
    let answers = 0;
    await Promise.all(
      released.map(async ({ phone }) => {
        await caller.change(phone, 'replay', { count: 2 });
        await caller.change(phone, 'cancel', { at });
        answers += 1;
        if (answers === 10) await stack.kill('worker');
      }),
    );
    await stack.restart('worker');

    await inside.everythingDone({ caller, residents: released, withinMs: 60_000 });
    const residents = released.map((resident) => ({ ...resident, story: { ...resident.story, events: 2 } }));
    expect(await faultsOf({ caller, inside, residents, newHolders })).toEqual([]);
    expect([...(await inside.epochs(userIds)).values()]).toEqual(userIds.map(() => 0));
    const theirs = new Set(newcomers.map(({ email }) => email));
    expect((await caller.mails()).filter(({ to }) => theirs.has(to))).toEqual([]);
  }, 120_000);

  it('in the middle of an import → every line is imported, once', async () => {
    const { caller, inside } = own.now;
    const userIds = await caller.importedUsers(importId);
    expect(new Set(userIds).size).toBe(300);
    const users = await Promise.all(userIds.map((userId) => caller.user(userId)));
    const balances = users.map(({ accounts }) => accounts.find(({ kind }) => kind === 'balance')?.balanceFen);
    expect(balances).toEqual(userIds.map((_, index) => 61_910_000 + index));
    expect(await inside.disagreements()).toEqual([]);
  }, 180_000);
});
