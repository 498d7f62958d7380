import type { Capabilities, SimulatorConfigInput } from '../../simulator/config.ts';
import type { FeedTimes } from '../../simulator/feed/delivery.ts';
import { createSimulator, type Simulator, type SimulatorOptions } from '../../simulator/server.ts';
import { type Receiver, startReceiver } from './receiver.ts';

/** The webhook secret of every system in tests. */
export const SECRET = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';

/** The OAuth client of every province in tests; its secret needs the encoding of RFC 6749 §2.3.1. */
export const CLIENT = { clientId: 'linekeeper', clientSecret: 'a secret: with %+ signs' };

/** Short pauses, and heartbeats only at the start: the tests wait for what happens, never for time. */
const quickTimes: Partial<FeedTimes> = {
  retry: { first: 1, longest: 5 },
  refused: { first: 1, longest: 5 },
  hold: 3_600_000,
  heartbeat: 3_600_000,
};

/** The provinces of the embedded registry; `events: false` leaves them without event feeds. */
export function provinces(
  linekeeperUrl: string,
  { dataFile = ':memory:', events = true }: { dataFile?: string; events?: boolean } = {},
): SimulatorConfigInput {
  const phones = (kind: 'mobile' | 'fixed', capabilities: Partial<Capabilities>) => ({
    kind,
    webhookSecret: SECRET,
    capabilities: { match: true, events, ...capabilities },
  });
  const province = (capabilities: Partial<Capabilities>) => ({
    ...CLIENT,
    systems: {
      'mobile-5g': phones('mobile', capabilities),
      'mobile-4g': phones('mobile', { joinDate: 'months' }),
      fixed: phones('fixed', capabilities),
      broadband: {
        kind: 'broadband' as const,
        webhookSecret: SECRET,
        capabilities: { binding: true, bills: true },
      },
    },
  });
  return {
    port: 0,
    smtpPort: 0,
    dataFile,
    linekeeperUrl,
    smsSecret: SECRET,
    provinces: {
      sichuan: province({ joinDate: 'second' }),
      guangdong: province({ joinDate: 'day' }),
      beijing: province({ recycledSince: true }),
    },
  };
}

/** An answer, with its body read. */
export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Record<string, unknown>;
}

/** A simulator and a receiver in Linekeeper's place. */
export interface World {
  readonly simulator: Simulator;
  readonly receiver: Receiver;
  /** A request to the controls. */
  control(method: 'GET' | 'PUT' | 'POST', path: string, body?: unknown): Promise<Answer>;
  /** A request to a province, with a token of its own unless another one is given. */
  ask(path: string, body: unknown, options?: { token?: string; signal?: AbortSignal }): Promise<Answer>;
  close(): Promise<void>;
}

/** Starts both on free ports. */
export async function startWorld(
  options: SimulatorOptions & { receiver?: Receiver; dataFile?: string; events?: boolean } = {},
): Promise<World> {
  const receiver = options.receiver ?? (await startReceiver(SECRET));
  const simulator = await createSimulator(provinces(receiver.url, options), {
    ...options,
    times: { ...quickTimes, ...options.times },
  });
  const tokens = new Map<string, string>();

  async function tokenOf(province: string): Promise<string> {
    const known = tokens.get(province);
    if (known !== undefined) {
      return known;
    }
    const { body } = await requestToken(simulator.url, province);
    const token = String(body.access_token);
    tokens.set(province, token);
    return token;
  }

  return {
    simulator,
    receiver,
    control: (method, path, body) =>
      exchange(`${simulator.url}/_sim${path}`, {
        method,
        ...(body === undefined
          ? {}
          : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
      }),
    async ask(path, body, { token, signal } = {}) {
      return exchange(`${simulator.url}/carrier/${path}`, {
        method: 'POST',
        body: JSON.stringify(body),
        headers: {
          'content-type': 'application/json',
          'x-correlator': 'test-1',
          authorization: `Bearer ${token ?? (await tokenOf(path.split('/')[0] ?? ''))}`,
        },
        ...(signal === undefined ? {} : { signal }),
      });
    },
    async close() {
      await simulator.close();
      await receiver.close();
    },
  };
}

/** Asks a province for a token, with the given credentials or the right ones. */
export function requestToken(
  url: string,
  province: string,
  { clientId, clientSecret } = CLIENT,
  grantType = 'client_credentials',
): Promise<Answer> {
  const credentials = `${encodeURIComponent(clientId)}:${encodeURIComponent(clientSecret)}`;
  return exchange(`${url}/carrier/${province}/oauth/token`, {
    method: 'POST',
    body: new URLSearchParams({ grant_type: grantType }),
    headers: { authorization: `Basic ${Buffer.from(credentials).toString('base64')}` },
  });
}

async function exchange(url: string, init: RequestInit): Promise<Answer> {
  const response = await fetch(url, init);
  const text = await response.text();
  return {
    status: response.status,
    headers: response.headers,
    body: text === '' ? {} : (JSON.parse(text) as Record<string, unknown>),
  };
}
