import { createCarriers } from '../../carriers/carriers.ts';
import type { CarrierGateway } from '../../carriers/gateway.ts';
import { CLIENT, startWorld, type World } from '../simulator/provinces.ts';
import { PERSON, PHONE } from './dialect-client.ts';
import { failureOf } from './failure.ts';
import { parse } from './registry-text.ts';

/** 30 June in China, still 29 June in UTC. */
const JOINED_AT = '2024-06-30T00:30:15+08:00';
let world: World;
beforeEach(async () => {
  world = await startWorld();
});
afterEach(() => world.close());

/** The gateway of one system of the simulator, by a registry that declares this of it. */
function gatewayOf(
  province: string,
  system: string,
  { declares, within = 'PT30S' }: { declares: string; within?: string },
): CarrierGateway {
  const { url } = world.simulator;
  const registry = parse(`
provinces:
  - id: ${province}
    name: { zh: 省, en: Province }
    trackedSince: 2020-01-01
    systems:
      - id: ${system}
        kind: mobile
        dialect: json-http
        baseUrl: ${url}/carrier/${province}/${system}
        tokenUrl: ${url}/carrier/${province}/oauth/token
        credentials: { clientId: ${CLIENT.clientId}, clientSecret: { value: ${JSON.stringify(CLIENT.clientSecret)} } }
        rateLimit: { perSecond: 1000, burst: 1000 }
        timeouts: { call: ${within} }
        capabilities: ${declares}
`);
  const observe = { call: () => undefined, breaker: () => undefined };
  return createCarriers({ registry, observe }).gatewayOf({ province, system });
}

function putLine(province: string, system: string): Promise<unknown> {
  const line = { province, system, lineId: 'L-1', joinedAt: JOINED_AT, identity: PERSON };
  return world.control('PUT', `/lines/${PHONE}`, line);
}

describe('the gateway of a simulated province', () => {
  it.each([
    ['sichuan', 'mobile-5g', 'second', { precision: 'second', at: Date.parse(JOINED_AT) }],
    ['guangdong', 'mobile-5g', 'day', { precision: 'day', day: '2024-06-30' }],
    ['sichuan', 'mobile-4g', 'months', { precision: 'months', from: '2024-04-01', to: '2024-06-30' }],
    ['beijing', 'mobile-5g', 'absent', null],
  ])('%s %s → its join date, as precisely as it tells (%s)', async (province, system, joinDate, joined) => {
    await putLine(province, system);
    const gateway = gatewayOf(province, system, { declares: `{ joinDate: ${joinDate}, match: true }` });
    expect(await gateway.queryLine({ phone: PHONE })).toEqual({
      kind: 'answer',
      value: { lineId: 'L-1', status: 'in-use', portedIn: false, joined },
    });
  });

  it('recycled since → asked by the day in China: true the day before it joined, false on the day', async () => {
    await putLine('beijing', 'mobile-5g');
    const gateway = gatewayOf('beijing', 'mobile-5g', { declares: '{ recycledSince: true }' });
    const answers = await Promise.all(
      ['2024-06-29', '2024-06-30'].map((since) => gateway.recycledSince({ phone: PHONE, since })),
    );
    expect(answers).toEqual([
      { kind: 'answer', value: true },
      { kind: 'answer', value: false },
    ]);
  });

  it('match → whether it is that person', async () => {
    await putLine('sichuan', 'mobile-5g');
    const gateway = gatewayOf('sichuan', 'mobile-5g', { declares: '{ joinDate: second, match: true }' });
    expect(await gateway.match({ phone: PHONE, ...PERSON })).toEqual({ kind: 'answer', value: 'match' });
    const other = { ...PERSON, name: '李娜' };
    expect(await gateway.match({ phone: PHONE, ...other })).toEqual({ kind: 'answer', value: 'no-match' });
    await world.control('POST', `/lines/${PHONE}/cancel`, { silent: true });
    expect(await gateway.match({ phone: PHONE, ...PERSON })).toEqual({
      kind: 'answer',
      value: 'no-customer',
    });
  });

  it('suspended, then cancelled → held with its join date, then frozen without one', async () => {
    await putLine('sichuan', 'mobile-5g');
    const gateway = gatewayOf('sichuan', 'mobile-5g', { declares: '{ joinDate: second }' });
    await world.control('POST', `/lines/${PHONE}/suspend`, { silent: true });
    expect(await gateway.queryLine({ phone: PHONE })).toMatchObject({
      value: { status: 'suspended', joined: { precision: 'second' } },
    });
    await world.control('POST', `/lines/${PHONE}/restore`, { silent: true });
    await world.control('POST', `/lines/${PHONE}/cancel`, { silent: true });
    expect(await gateway.queryLine({ phone: PHONE })).toMatchObject({
      value: { status: 'frozen', joined: null },
    });
  });

  it('a number that is not in its books → not-found', async () => {
    const gateway = gatewayOf('sichuan', 'mobile-5g', { declares: '{ joinDate: second }' });
    expect(await gateway.queryLine({ phone: PHONE })).toEqual({ kind: 'not-found' });
  });

  it('a capability that it lacks, whatever the registry says → no-capability', async () => {
    await putLine('sichuan', 'mobile-5g');
    const gateway = gatewayOf('sichuan', 'mobile-5g', { declares: '{ recycledSince: true }' });
    const answer = await gateway.recycledSince({ phone: PHONE, since: '2024-06-30' });
    expect(answer).toEqual({ kind: 'no-capability' });
  });

  it.each([
    ['down', { down: true }, 'PT30S', 'server-error'],
    ['failing', { errorRate: 1 }, 'PT30S', 'server-error'],
    ['not answering', { dropResponses: true }, 'PT30S', 'connection-failed'],
    ['slow', { latencyMs: 60_000 }, 'PT0.1S', 'time-out'],
  ])('a province that is %s → unavailable', async (_, faults, within, reason) => {
    await putLine('sichuan', 'mobile-5g');
    await world.control('PUT', '/faults/sichuan', faults);
    const gateway = gatewayOf('sichuan', 'mobile-5g', { declares: '{ joinDate: second }', within });
    expect(await failureOf(gateway.queryLine({ phone: PHONE }))).toMatchObject({ reason });
  });
});
