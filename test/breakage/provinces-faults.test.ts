import { createChance } from './chance.ts';
import { changeEverything } from './changes.ts';
import { dumpHistories, dumpStore, findClearText, readFiles, type Secret, secretsOf } from './clear-text.ts';
import { orphansIn, sweepLater } from './orphans.ts';
import { type OwnStack, openOwnStack } from './own-stack.ts';
import { createPeople } from './people.ts';
import { createSite, type Site } from './site.ts';
import { joinedAt } from './stories.ts';
import { endOf, liveThrough, noteRegistration, type Tale, type Tenant } from './tenancies.ts';

/** What happens, and in which order; another number tries another course. */
const seed = 20_261_125;
const numbers = 24;
const steps = 12;

let own: OwnStack;
let site: Site;
beforeAll(async () => {
  own = await openOwnStack();
  site = createSite(own.now.stack.endpoints);
}, 120_000);
afterAll(() => own?.close(), 60_000);

/** How Sichuan fails all the time. */
const troubles = {
  duplicateEvents: 0.3,
  reorderEvents: 0.2,
  dropResponses: 0.2,
  errorRate: 0.2,
  latencyMs: 50,
};
/** The carriers' own books are full of them, which is their business. */
const simulatorsBooks = /^simulator\.sqlite/;

const passes = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** Lets the province fail until the work is done, and now and then be away altogether. */
async function amidFaults<T>(work: Promise<T>): Promise<T> {
  const { caller } = own.now;
  let over = false;
  const done = work.finally(() => {
    over = true;
  });
  await caller.setFaults(troubles);
  while (!over) {
    await Promise.race([passes(4_000), done.catch(() => undefined)]);
    await caller.setFaults({ ...troubles, down: true });
    await Promise.race([passes(2_000), done.catch(() => undefined)]);
    await caller.setFaults(troubles);
  }
  await caller.setFaults({});
  return done;
}

/** What isn't as the model has it when everything is done. */
async function faultsOf({ phone, tenants }: Tale): Promise<string[]> {
  const { caller } = own.now;
  const faults: string[] = [];
  const is = (what: string, seen: unknown, allowed: readonly unknown[]): void => {
    if (!allowed.includes(seen)) faults.push(`${phone}: ${what} is ${seen}, not ${allowed.join(' or ')}`);
  };
  const number = await caller.lookUp(phone);
  is('holder', number.claim?.userId ?? null, holdersAllowed(tenants));
  is('state of the claim', number.claim?.state ?? null, [null, 'active']);
  for (const { userId, person, password, isNextHolders, paidInFen, sessions } of tenants) {
    if (userId === null) continue;
    const user = await caller.user(userId);
    is('status of a user', user.status, ['open']);
    const balances = user.accounts
      .filter(({ kind }) => kind === 'balance')
      .map(({ balanceFen }) => balanceFen);
    is('money', balances.join(), [String(paidInFen)]);
    is('phone of a user', user.phone !== null, [userId === number.claim?.userId]);
    const login = { login: person.nickname, password };
    const opens = (await site.call({ path: '/v1/sessions', body: login })).body.userId;
    is('login by nickname', opens, isNextHolders ? [userId, undefined] : [userId]);
    for (const { token, over } of sessions) {
      const { status } = await site.call({ path: `/v1/users/${userId}/sessions`, session: token });
      is('session', status, over ? [401] : [200, 401]);
    }
  }
  return faults;
}

/** Holds that there are no faults; shows with each what the timeline of its number tells. */
async function expectNone(faults: readonly string[]): Promise<void> {
  const { caller } = own.now;
  const phones = [...new Set(faults.flatMap((fault) => fault.split(':')[0] ?? []))];
  const timelines = await Promise.all(
    phones.map(async (phone) => {
      const items = await caller.timelineOf(await caller.lookUp(phone));
      return items.map((item) => `${phone}: ${JSON.stringify(item)}`);
    }),
  );
  expect({ faults, timelines }).toEqual({ faults: [], timelines: [] });
}

/** Who may hold the number in the end: its present holder's user; else one whose tenancy ended without a word, or nobody. */
function holdersAllowed(tenants: readonly Tenant[]): (string | null)[] {
  const present = tenants.at(-1);
  if (present?.userId) return [present.userId];
  const told = tenants.findLastIndex(({ end }) => end === 'told' || end === 'reported');
  return [null, ...tenants.slice(told + 1).flatMap(({ userId }) => userId ?? [])];
}

describe('numbers that change hands while their carrier fails in every way', () => {
  let tales: Tale[];

  it('I1, I2, I3, I8: as chance has it → everything comes to the end that a model of it has', async () => {
    const { caller, inside } = own.now;
    const people = createPeople({ count: numbers * steps, firstNumber: 73_000_000 });
    const chance = createChance(seed);
    const living = people.slice(0, numbers).map(async ({ phone }, index) => {
      const holders = people.filter((_, at) => at % numbers === index);
      const [first] = holders;
      if (!first) throw new Error('nobody is there');
      const own = createChance(chance(2 ** 30));
      await caller.putLine({ ...first, phone }, joinedAt);
      return liveThrough({ site, caller, inside, chance: own, phone, people: holders, steps });
    });
    tales = await amidFaults(Promise.all(living));
    await expectNone(tales.flatMap(({ faults }) => faults));

    await inside.everythingDone({ caller, residents: tales, withinMs: 180_000 });
    const late: string[] = [];
    for (const { phone, doings, tenants } of tales) {
      for (const tenant of tenants) {
        if (tenant.pending === null) continue;
        const answer = await site.call({ path: `/v1/registrations/${tenant.pending}` });
        noteRegistration(tenant, endOf(answer), answer, (fault) =>
          late.push(`${phone}: ${fault} (after ${doings.join(', ')})`),
        );
      }
    }
    await expectNone(late);

    // The course was one worth looking at.
    const all = tales.flatMap(({ tenants }) => tenants);
    expect(all.filter(({ userId }) => userId !== null).length).toBeGreaterThan(numbers);
    expect(all.filter(({ end }) => end !== null).length).toBeGreaterThan(numbers);

    await expectNone((await Promise.all(tales.map(faultsOf))).flat());
    await sweepLater(own);
    expect([
      ...(await inside.disagreements()),
      ...(await orphansIn(inside)),
      ...(await inside.failedWorkflows()),
    ]).toEqual([]);
  }, 360_000);

  it('I9: all that was written meanwhile → no value of anybody in clear text', async () => {
    const { inside } = own.now;
    const secrets: Secret[] = tales.flatMap(({ phone, tenants, secrets: found }) => [
      ...found,
      ...tenants.flatMap(({ person }) => secretsOf({ ...person, phone })),
    ]);
    const somebody = tales.flatMap(({ tenants }) => tenants).find(({ userId }) => userId !== null);
    if (!somebody) throw new Error('nobody is a user');
    secrets.push(...(await changeEverything(site, somebody)));

    const places = [
      ...(await dumpStore(inside)),
      ...(await dumpHistories(inside)),
      ...readFiles(own.dataDir, simulatorsBooks),
    ];
    // What is written at the stop counts too; some files are only there while the stack runs.
    await own.stop();
    places.push(...readFiles(own.dataDir, simulatorsBooks));
    expect(findClearText(places, secrets)).toEqual([]);

    // The books of the carriers hold what was sent to people: the search finds each kind of it.
    const inBooks = findClearText(readFiles(own.dataDir, /^(?!simulator\.sqlite)/), secrets);
    const kinds = new Set(inBooks.map((found) => found.split(' in simulator')[0]));
    expect([...kinds]).toEqual(
      expect.arrayContaining(['phone', 'name', 'ID number', 'e-mail', 'code in a text', 'mailed token']),
    );
  }, 120_000);
});
