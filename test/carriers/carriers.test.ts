import { type CallOutcome, createCarriers, UnknownSystem } from '../../carriers/carriers.ts';
import type { BreakerState } from '../../carriers/protection.ts';
import { lineReply, PERSON, PHONE } from './dialect-client.ts';
import { failureOf } from './failure.ts';
import { type ProvinceServer, startProvince } from './province-server.ts';
import { parse } from './registry-text.ts';

let province: ProvinceServer;
beforeEach(async () => {
  province = await startProvince();
});
afterEach(() => province.close());

const query = { phone: PHONE };
const recycled = { phone: PHONE, since: '2025-01-01' };
const match = { phone: PHONE, ...PERSON };
const noCapability = { kind: 'no-capability' };

/** The gateways of a small registry whose systems all live in the test's province server, and what was heard of them. */
function start(capabilities: string, correlator?: () => string | undefined) {
  const system = (id: string, kind: string, declared: string) => `
      - id: ${id}
        kind: ${kind}
        dialect: json-http
        baseUrl: ${province.url}/${id}
        tokenUrl: ${province.url}/oauth/token
        credentials: { clientId: linekeeper, clientSecret: { value: open-sesame } }
        webhookSecrets: [ { value: whsec_${Buffer.from(id.padEnd(24, '-')).toString('base64')} } ]
        rateLimit: { perSecond: 1000, burst: 1000 }
        breaker: { failures: 2, resetAfter: PT10S }
        capabilities: ${declared}`;
  const registry = parse(`
provinces:
  - id: sichuan
    name: { zh: 四川, en: Sichuan }
    trackedSince: 2020-01-01
    systems:${system('mobile', 'mobile', capabilities)}${system('broadband', 'broadband', '{ binding: true }')}
      - id: silent
        kind: fixed
        webhookSecrets: [ { env: FIXED_SECRET } ]
        capabilities: { events: true }
`);
  const calls: [call: string, outcome: CallOutcome][] = [];
  const breakers: [system: string, state: BreakerState][] = [];
  const durations: number[] = [];
  const carriers = createCarriers({
    registry,
    observe: {
      call: (seen) => {
        calls.push([seen.call, seen.outcome]);
        durations.push(seen.durationMs);
      },
      breaker: ({ home, state }) => breakers.push([home.system, state]),
    },
    ...(correlator ? { correlator } : {}),
  });
  const gatewayOf = (id: string) => carriers.gatewayOf({ province: 'sichuan', system: id });
  return { gatewayOf, calls, breakers, durations };
}

describe('carriers', () => {
  it('a system with every capability → each question reaches it, with what it declares beside', async () => {
    const { gatewayOf, calls, durations } = start('{ joinDate: second, recycledSince: true, match: true }');
    const gateway = gatewayOf('mobile');
    province.replies(
      lineReply(),
      { status: 200, body: { recycled: true } },
      { status: 200, body: { match: null } },
    );
    expect(await gateway.queryLine(query)).toMatchObject({ kind: 'answer', value: { lineId: 'L1' } });
    expect(await gateway.recycledSince(recycled)).toEqual({ kind: 'answer', value: true });
    expect(await gateway.match(match)).toEqual({ kind: 'answer', value: 'no-customer' });
    expect(gateway.home).toEqual({ province: 'sichuan', system: 'mobile' });
    expect(gateway.capabilities).toMatchObject({ joinDate: 'second', trackedSince: '2020-01-01' });
    expect(province.questions.map(({ path }) => path)).toEqual([
      '/mobile/lines/query',
      '/mobile/lines/recycled-since',
      '/mobile/lines/match',
    ]);
    expect(calls).toEqual([
      ['queryLine', 'answer'],
      ['recycledSince', 'answer'],
      ['match', 'answer'],
    ]);
    expect(durations.every((duration) => duration > 0)).toBe(true);
  });

  it('what a system does not declare → no-capability without asking, and not counted', async () => {
    const { gatewayOf, calls } = start('{ joinDate: second }');
    expect(await gatewayOf('mobile').recycledSince(recycled)).toEqual(noCapability);
    expect(await gatewayOf('mobile').match(match)).toEqual(noCapability);
    expect(province.questions).toEqual([]);
    expect(calls).toEqual([]);
  });

  it('a system without join dates → its record is asked for all the same', async () => {
    const { gatewayOf } = start('{ recycledSince: true }');
    province.replies(lineReply({ tenancy: null, portedIn: true }));
    expect(await gatewayOf('mobile').queryLine(query)).toMatchObject({
      value: { portedIn: true, joined: null },
    });
  });

  it.each(['broadband', 'silent'])(
    'a system without phones, or that only reports (%s) → no-capability',
    async (id) => {
      const { gatewayOf } = start('{ joinDate: second }');
      const gateway = gatewayOf(id);
      expect(await gateway.queryLine(query)).toEqual(noCapability);
      expect(await gateway.recycledSince(recycled)).toEqual(noCapability);
      expect(await gateway.match(match)).toEqual(noCapability);
      expect(province.questions).toEqual([]);
    },
  );

  it('a system that is not in the registry → refused', () => {
    const { gatewayOf } = start('{ joinDate: second }');
    expect(() => gatewayOf('gsm')).toThrow(UnknownSystem);
  });

  it('the same system → the same gateway, so that its limits hold', () => {
    const { gatewayOf } = start('{ joinDate: second }');
    expect(gatewayOf('mobile')).toBe(gatewayOf('mobile'));
  });

  it('every outcome → counted by its kind', async () => {
    const { gatewayOf, calls, breakers } = start('{ joinDate: second }');
    const gateway = gatewayOf('mobile');
    expect(breakers).toEqual([['mobile', 'closed']]);
    province.replies({ status: 404, body: { code: 'line_not_found' } }, { status: 200 }, { status: 503 });
    await gateway.queryLine(query);
    await gateway.queryLine(query);
    await failureOf(gateway.queryLine(query));
    await failureOf(gateway.queryLine(query));
    expect(await failureOf(gateway.queryLine(query))).toMatchObject({ reason: 'breaker-open' });
    expect(calls.map(([, outcome]) => outcome)).toEqual([
      'not-found',
      'cannot-say',
      'server-error',
      'server-error',
      'breaker-open',
    ]);
    expect(breakers.at(-1)).toEqual(['mobile', 'open']);
  });

  it('the request that a call serves → its correlator goes with it', async () => {
    let current: string | undefined = 'first';
    const { gatewayOf } = start('{ joinDate: second }', () => current);
    province.replies(lineReply());
    await gatewayOf('mobile').queryLine(query);
    current = undefined;
    await gatewayOf('mobile').queryLine(query);
    expect(province.questions.map(({ headers }) => headers['x-correlator'])).toEqual(['first', undefined]);
  });
});
