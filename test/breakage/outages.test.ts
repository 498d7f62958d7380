import { randomUUID } from 'node:crypto';
import { dumpHistories, dumpStore, findClearText, readFiles, type Secret, secretsOf } from './clear-text.ts';
import { faultsOf } from './outcome.ts';
import { type OwnStack, openOwnStack } from './own-stack.ts';
import { createPeople } from './people.ts';
import { claimedAt, stories, stranger } from './stories.ts';
import { importLineOf, type Resident, settleTown, tell } from './town.ts';
import { until } from './until.ts';

/** How long a server is away. */
const outageMs = 20_000;

let own: OwnStack;
beforeAll(async () => {
  own = await openOwnStack();
}, 120_000);
afterAll(() => own?.close(), 60_000);
beforeEach(() => own.mend(), 60_000);

/** Everybody who was here: what must not be found in the end. */
const newUsers = createPeople({ count: 50, firstNumber: 63_900_000 });
const settled: Resident[] = [];

async function settle(firstNumber: number, of = stories) {
  const { caller } = own.now;
  const residents = await settleTown({ caller, stories: of, count: 4 * of.length, firstNumber });
  settled.push(...residents);
  return residents;
}

/** The carrier's books are full of them, which is its business; its log isn't. */
const simulatorsBooks = /^simulator\.sqlite/;

/** Nobody's number, of which one call tells. */
const nobodys = '+8613863999999';

const passes = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

describe('a full run', () => {
  it('I6: the API killed (kill -9) right after acknowledgements → what it acknowledged is done, once', async () => {
    const { stack, caller, inside } = own.now;
    // Without those who wait for the end of a freeze: there the API has nothing to do.
    const quick = stories.filter(({ name }) => !/^cancelled( and told.*)?$/.test(name));
    const residents = await settle(63_000_000, quick);

    let acknowledged = 0;
    let dying: Promise<void> | undefined;
    await tell(caller, residents, (delivered) => {
      if (delivered?.status === 202) acknowledged += 1;
      if (acknowledged === 10) dying ??= stack.kill('api');
    });
    expect(dying).toBeDefined();
    await dying;
    await stack.restart('api');
    const importId = await caller.sendImport(newUsers.map((person) => importLineOf(person, claimedAt)));
    await stack.kill('api');
    await stack.restart('api');

    await inside.everythingDone({ caller, residents, withinMs: 90_000 });
    expect(await faultsOf({ caller, inside, residents })).toEqual([]);
    expect(new Set(await caller.importedUsers(importId)).size).toBe(50);
  }, 180_000);

  it('I6: the API killed right after a call → the same call gets the same answer, another one under its id 409', async () => {
    const { stack, caller } = own.now;
    const event = {
      specversion: '1.0',
      id: randomUUID(),
      source: '/carriers/sichuan/mobile-5g',
      type: 'number.suspended',
      time: new Date().toISOString(),
      data: { phone: nobodys, lineId: 'L-1' },
    };
    const first = await caller.report('one-call', JSON.stringify(event));
    await stack.kill('api');
    await stack.restart('api');

    expect(first.status).toBe(202);
    expect(await caller.report('one-call', JSON.stringify(event))).toEqual(first);
    const other = { ...event, type: 'number.restored' };
    expect(await caller.report('one-call', JSON.stringify(other))).toMatchObject({ status: 409 });
    const number = await until({
      what: 'the number is suspended',
      withinMs: 30_000,
      look: async () => {
        const seen = await caller.lookUp(nobodys);
        return seen.state === 'suspended' && seen;
      },
    });
    expect((await caller.timelineOf(number)).map(({ code }) => code)).toEqual(['number.suspended']);
  }, 60_000);

  it('I6, I8: the store away for 20 s → carriers are acknowledged meanwhile, and all of it is done afterwards', async () => {
    const { stack, caller, inside } = own.now;
    const residents = await settle(64_000_000);
    await tell(caller, residents.slice(0, 15));

    const telling = tell(caller, residents.slice(15, 30));
    await stack.kill('store');
    const back = passes(outageMs);
    await telling;
    expect(await caller.statusOf('/v1/number-lookups', { phone: residents[0]?.phone })).toBe(503);
    const answers = await tell(caller, residents.slice(30));
    expect(answers).toEqual(answers.map(() => ({ status: 202 })));
    await back;
    await stack.restart('store');

    await inside.everythingDone({ caller, residents, withinMs: 90_000 });
    expect(await faultsOf({ caller, inside, residents })).toEqual([]);
  }, 180_000);

  it('I6, I8: Temporal away for 20 s → nothing is acknowledged meanwhile, numbers can be seen, all is done afterwards', async () => {
    const { stack, caller, inside } = own.now;
    const residents = await settle(65_000_000);
    await tell(caller, residents.slice(0, 15));

    const telling = tell(caller, residents.slice(15, 30));
    await stack.kill('temporal');
    const back = passes(outageMs);
    await telling;
    expect(await caller.statusOf('/v1/number-lookups', { phone: residents[0]?.phone })).toBe(200);
    const answers = await tell(caller, residents.slice(30));
    expect(answers.filter((answer) => answer?.status === 202)).toEqual([]);
    await back;
    await stack.restart('temporal');

    await inside.everythingDone({ caller, residents, withinMs: 90_000 });
    expect(await faultsOf({ caller, inside, residents })).toEqual([]);
  }, 180_000);

  it('I1, I3, I6, I7, I8: everything killed and started again during a freeze, sleeping workflows terminated → as if nothing had been', async () => {
    const residents = await settle(66_000_000);
    const before = own.now;
    await tell(before.caller, residents);
    const lives = await until({
      what: 'four frozen numbers sleep',
      withinMs: 15_000,
      look: async () => {
        const cancelled = residents.filter(({ story }) => story.name === 'cancelled');
        const numbers = await Promise.all(cancelled.map(({ phone }) => before.caller.lookUp(phone)));
        const asleep = numbers.filter(({ claim }) => claim?.state === 'suspended');
        return asleep.length === 4 && asleep.flatMap(({ workflow }) => workflow?.id ?? []);
      },
    });
    await Promise.all(lives.map((id) => before.inside.terminate(id)));

    await own.crashAndRestart();

    const { caller, inside } = own.now;
    await inside.everythingDone({ caller, residents, withinMs: 90_000 });
    expect(await faultsOf({ caller, inside, residents })).toEqual([]);
  }, 180_000);

  it('I9: all that was written meanwhile → no value of anybody in clear text', async () => {
    const { caller, inside } = own.now;
    const [somebody] = createPeople({ count: 1, firstNumber: 67_000_000 });
    if (!somebody) throw new Error('nobody is there');
    const people = [...settled, ...newUsers, somebody, { ...somebody, ...stranger, phone: nobodys }];
    const secrets: Secret[] = people.flatMap(secretsOf);

    // What is refused mustn't be kept either.
    const refused = { ...importLineOf(somebody, claimedAt), phone: 'not a number', [somebody.name]: 1 };
    const taken = importLineOf({ ...somebody, nickname: newUsers[0]?.nickname ?? '' }, claimedAt);
    await expect(caller.importedUsers(await caller.sendImport([refused, taken]))).rejects.toThrow('rejected');
    await caller.statusOf('/v1/number-lookups', {
      phone: `${somebody.phone}99`,
      [somebody.email]: somebody.name,
    });
    const { phone, name, idNumber } = somebody;
    const bad = { type: 'number.transferred', id: phone, data: { phone, identity: { name, idNumber } } };
    await caller.report('bad-call', JSON.stringify(bad));

    const places = [
      ...(await dumpStore(inside)),
      ...(await dumpHistories(inside)),
      ...readFiles(own.dataDir, simulatorsBooks),
    ];
    // What is written at the stop counts too; some files are only there while the stack runs.
    await own.stop();
    places.push(...readFiles(own.dataDir, simulatorsBooks));

    expect(findClearText(places, secrets)).toEqual([]);
    // The search finds what is there, in every kind of place.
    const books = readFiles(own.dataDir, /^(?!simulator\.sqlite)/);
    const inBooks = findClearText(books, secrets).map((found) => found.split(' in ')[0]);
    expect(new Set(inBooks)).toEqual(new Set(['phone', 'name', 'ID number', 'e-mail']));
    const { userId, numberKey } = settled.find(({ story }) => story.name === 'cancelled') ?? {};
    const ids = [
      { what: 'user', value: `${userId}` },
      { what: 'number', value: `${numberKey}` },
    ];
    expect(findClearText(places, ids)).toEqual(
      expect.arrayContaining([
        'user in collection users',
        'number in a history of numberLife',
        'number in temporal.sqlite',
        expect.stringMatching(/^user in store\//),
      ]),
    );
  }, 120_000);
});
