import { createCarriers } from '../../carriers/carriers.ts';
import { parseRegistry } from '../../carriers/registry.ts';
import type { PhoneNumber } from '../../domain/phone-number.ts';
import { CLIENT, startWorld, type World } from '../simulator/provinces.ts';
import { eventAt, type House, openHouse, person } from './house.ts';

const another = { name: '李娜', idNumber: '519999199001010025' };
/** Noon of 15 June 2026 in China: the time of the claims. */
const joined = {
  monthsBefore: '2026-01-10T08:00:00+08:00',
  dayBefore: '2026-06-14T23:00:00+08:00',
  sameDayBefore: '2026-06-15T11:59:58+08:00',
  sameDayAfter: '2026-06-15T12:00:02+08:00',
  dayAfter: '2026-06-16T01:00:00+08:00',
  monthsAfter: '2026-09-01T08:00:00+08:00',
};

let world: World;
let house: House;
beforeAll(async () => {
  world = await startWorld();
  const observe = { call: () => undefined, breaker: () => undefined };
  const registry = registryOf(world.simulator.url);
  house = await openHouse({ registry, carriers: createCarriers({ registry, observe }) });
});
beforeEach(async () => {
  house.reset();
  // The simulator's books go by the real clock.
  house.clock.now = Date.now();
  for (const province of ['sichuan', 'guangdong', 'beijing']) {
    await world.control('PUT', `/faults/${province}`, {});
  }
});
afterAll(async () => {
  await house?.close();
  await world?.close();
});

/** The provinces of the embedded stack, at the simulator's address; breakers that never open, and a short time-out. */
function registryOf(url: string) {
  const system = (province: string, id: string, capabilities: string) => `
      - id: ${id}
        kind: mobile
        dialect: json-http
        baseUrl: ${url}/carrier/${province}/${id}
        tokenUrl: ${url}/carrier/${province}/oauth/token
        credentials: { clientId: ${CLIENT.clientId}, clientSecret: { value: ${JSON.stringify(CLIENT.clientSecret)} } }
        rateLimit: { perSecond: 1000, burst: 1000 }
        breaker: { failures: 1000, resetAfter: PT1S }
        capabilities: { ${capabilities}, match: true }`;
  const province = (id: string, capabilities: string) => `
  - id: ${id}
    name: { zh: 省, en: Province }
    trackedSince: 2020-01-01
    restartsOnTransfer: true
    systems:${system(id, 'mobile-5g', capabilities)}${system(id, 'mobile-4g', 'joinDate: months')}`;
  const segments = [
    ...[['+86138', 'sichuan', 'mobile-5g'] as const, ['+86133', 'sichuan', 'mobile-4g'] as const],
    ...[['+86139', 'guangdong', 'mobile-5g'] as const, ['+86136', 'beijing', 'mobile-5g'] as const],
  ];
  const text = `
provinces:${province('sichuan', 'joinDate: second')}${province('guangdong', 'joinDate: day')}${province('beijing', 'recycledSince: true')}
segments:
${segments.map(([prefix, id, systemId]) => `  - { prefix: "${prefix}", province: ${id}, system: ${systemId} }`).join('\n')}
`;
  return parseRegistry({ text, source: 'test', folder: '.', env: {} });
}

const homes = {
  seconds: ['+86138', 'sichuan', 'mobile-5g'],
  months: ['+86133', 'sichuan', 'mobile-4g'],
  days: ['+86139', 'guangdong', 'mobile-5g'],
  since: ['+86136', 'beijing', 'mobile-5g'],
} as const;
type Kind = keyof typeof homes;

/** A number with a claim, whose line joined then. */
async function lineOf(
  kind: Kind,
  {
    joinedAt,
    identity = another,
    verified = false,
  }: { joinedAt: string; identity?: typeof person; verified?: boolean },
) {
  const [prefix, province, system] = homes[kind];
  const held = await house.hold({ prefix, verified });
  await put(held.phone, { province, system, joinedAt, identity });
  return held;
}

async function put(phone: PhoneNumber, line: object): Promise<void> {
  const { status, body } = await world.control('PUT', `/lines/${phone}`, { ...line, status: 'in-use' });
  if (status >= 300) throw new Error(JSON.stringify(body));
}

const change = (phone: PhoneNumber, what: string, body: object = {}) =>
  world.control('POST', `/lines/${phone}/${what}`, { silent: true, ...body });

/** What the gate says, and by which rule. */
async function passed({ numberKey }: Awaited<ReturnType<House['hold']>>): Promise<string[]> {
  // Two verdicts may be of the same millisecond.
  const before = new Set((await house.evidenceOf(numberKey)).map(({ evidenceId }) => evidenceId));
  const passage = await house.pass(numberKey);
  const verdicts = (await house.evidenceOf(numberKey)).filter(
    ({ kind, evidenceId }) => kind === 'verdict' && !before.has(evidenceId),
  );
  return [passage.kind === 'allow' ? 'allow' : passage.code, String(verdicts.at(-1)?.details.rule)];
}

const current = ['allow', 'joined-earlier'];
const recycled = ['number_recycled', 'joined-later'];
const undecided = ['number_undecided', 'joined-overlap'];

describe('the gate before simulated provinces: when the present tenancy began', () => {
  it.each<[Kind, keyof typeof joined, string[]]>([
    ['seconds', 'dayBefore', current],
    ['seconds', 'sameDayBefore', current],
    ['seconds', 'sameDayAfter', recycled],
    ['seconds', 'dayAfter', recycled],
    ['days', 'dayBefore', current],
    ['days', 'sameDayBefore', undecided],
    ['days', 'sameDayAfter', undecided],
    ['days', 'dayAfter', recycled],
    ['since', 'dayBefore', current],
    ['since', 'sameDayBefore', undecided],
    ['since', 'sameDayAfter', undecided],
    ['since', 'dayAfter', recycled],
    ['months', 'monthsBefore', current],
    ['months', 'dayBefore', undecided],
    ['months', 'dayAfter', undecided],
    ['months', 'monthsAfter', recycled],
  ])('known by %s, joined %s → %j', async (kind, when, expected) => {
    const held = await lineOf(kind, { joinedAt: joined[when] });
    expect(await passed(held)).toEqual(expected);
    expect((await house.claimOf(held.numberKey)).foundRecycled !== undefined).toBe(expected === recycled);
  });

  it.each<[Kind]>([['days'], ['months'], ['seconds']])(
    'known by %s, joined on the very day and remembered at claim time → in, until somebody else joins',
    async (kind) => {
      const held = await lineOf(kind, { joinedAt: joined.sameDayBefore });
      const number = await house.numberOf(held.numberKey);
      await house.verdicts.rememberTenancy({
        number,
        home: number,
        claim: await house.claimOf(held.numberKey),
      });
      expect(await passed(held)).toEqual(['allow', 'same-join-date']);
      house.clock.now += 11 * 60_000;
      const [, province, system] = homes[kind];
      await put(held.phone, { province, system, joinedAt: joined.monthsAfter, identity: another });
      expect(await passed(held)).toEqual(recycled);
    },
  );
});

describe('the gate before simulated provinces: what became of the line, with nothing reported', () => {
  it.each<[Kind]>([['seconds'], ['days'], ['months'], ['since']])(
    'known by %s, cancelled → frozen',
    async (kind) => {
      const held = await lineOf(kind, { joinedAt: joined.monthsBefore });
      await change(held.phone, 'cancel');
      expect(await passed(held)).toEqual(['number_frozen', 'carrier-frozen']);
    },
  );

  it.each<[Kind]>([['seconds'], ['days'], ['months'], ['since']])(
    'known by %s, cancelled and given out again → recycled',
    async (kind) => {
      const held = await lineOf(kind, { joinedAt: joined.monthsBefore });
      await change(held.phone, 'cancel', { at: '2026-07-01T08:00:00+08:00' });
      await change(held.phone, 'reissue', { at: joined.monthsAfter, identity: another });
      expect(await passed(held)).toEqual(recycled);
    },
  );

  it.each<[Kind]>([['seconds'], ['days'], ['months'], ['since']])(
    'known by %s, suspended (停机) → in',
    async (kind) => {
      const held = await lineOf(kind, { joinedAt: joined.monthsBefore });
      await change(held.phone, 'suspend');
      expect(await passed(held)).toEqual(current);
    },
  );

  it('taken back in the freeze → in: the tenancy goes on', async () => {
    const held = await lineOf('seconds', { joinedAt: joined.monthsBefore });
    await change(held.phone, 'cancel', { at: '2026-07-01T08:00:00+08:00' });
    await change(held.phone, 'reclaim', { at: '2026-07-02T08:00:00+08:00' });
    expect(await passed(held)).toEqual(current);
  });

  it('transferred, where the join date restarts with it → recycled', async () => {
    const held = await lineOf('seconds', { joinedAt: joined.monthsBefore });
    await change(held.phone, 'transfer', { at: joined.monthsAfter, identity: another });
    expect(await passed(held)).toEqual(recycled);
  });

  it.each<[Kind]>([['seconds'], ['days'], ['months']])(
    'known by %s, ported in, unreported → undecided',
    async (kind) => {
      const held = await lineOf(kind, { joinedAt: joined.monthsBefore });
      const [, province, system] = homes[kind];
      await put(held.phone, {
        province,
        system,
        joinedAt: joined.monthsAfter,
        identity: another,
        portedIn: true,
      });
      expect(await passed(held)).toEqual(['number_undecided', 'ported-unreported']);
    },
  );

  it('ported to another system: unreported → the old one knows it no more; reported → in by the new one', async () => {
    const held = await lineOf('seconds', { joinedAt: joined.monthsBefore });
    await change(held.phone, 'port', { at: joined.monthsAfter, system: 'mobile-4g' });
    expect(await passed(held)).toEqual(['number_undecided', 'not-found']);
    const ported = eventAt('number.ported', Date.parse(joined.monthsAfter), { system: 'mobile-4g' });
    const { version: fromVersion, attendBy: _, ...number } = await house.numberOf(held.numberKey);
    await house.store.numbers.write([{ ...number, system: 'mobile-4g', events: [ported], fromVersion }]);
    expect(await passed(held)).toEqual(current);
  });

  it('ported within the same precision, and reported → in: the port continues the tenancy', async () => {
    const held = await lineOf('seconds', { joinedAt: joined.monthsBefore });
    const joinedAt = joined.monthsAfter;
    await house.reported(held.numberKey, eventAt('number.ported', Date.parse(joinedAt)));
    const [, province, system] = homes.seconds;
    await put(held.phone, { province, system, joinedAt, identity: another, portedIn: true });
    expect(await passed(held)).toEqual(['allow', 'port-continues']);
  });
});

describe('the gate before simulated provinces: the same person', () => {
  it.each<[Kind, keyof typeof joined]>([
    ['seconds', 'monthsAfter'],
    ['days', 'monthsAfter'],
    ['days', 'sameDayAfter'],
    ['since', 'monthsAfter'],
    ['months', 'monthsAfter'],
    ['months', 'dayAfter'],
  ])('known by %s, joined %s, and it is the verified person → in', async (kind, when) => {
    const held = await lineOf(kind, { joinedAt: joined[when], identity: person, verified: true });
    expect(await passed(held)).toEqual(['allow', 'same-person']);
    expect((await house.claimOf(held.numberKey)).foundRecycled).toBeUndefined();
  });

  it.each<[Kind, keyof typeof joined, string[]]>([
    ['seconds', 'monthsAfter', recycled],
    ['days', 'sameDayAfter', undecided],
    ['since', 'monthsAfter', recycled],
    ['months', 'dayAfter', undecided],
  ])('known by %s, joined %s, and it is somebody else → as the date says', async (kind, when, expected) => {
    const held = await lineOf(kind, { joinedAt: joined[when], verified: true });
    expect(await passed(held)).toEqual(expected);
  });

  it("joined before, in a relative's name → in, and nobody is compared", async () => {
    const held = await lineOf('seconds', { joinedAt: joined.monthsBefore, verified: true });
    expect(await passed(held)).toEqual(current);
  });
});

describe('the gate before simulated provinces in trouble', () => {
  it.each<[string, object]>([
    ['down', { down: true }],
    ['failing', { errorRate: 1 }],
    ['dropping answers', { dropResponses: true }],
    ['slow', { latencyMs: 60_000 }],
  ])('a recycled number, its province %s → undecided, nothing released', async (_, faults) => {
    const held = await lineOf('seconds', { joinedAt: joined.monthsAfter });
    await world.control('PUT', '/faults/sichuan', faults);
    expect(await passed(held)).toEqual(['number_undecided', 'unavailable']);
    expect((await house.claimOf(held.numberKey)).foundRecycled).toBeUndefined();
  });

  it('a number in no books → undecided', async () => {
    const held = await house.hold();
    expect(await passed(held)).toEqual(['number_undecided', 'not-found']);
  });
});
