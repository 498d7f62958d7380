import type { CallContext, DialectClient } from '../../carriers/dialects/dialect.ts';
import { jsonHttp } from '../../carriers/dialects/json-http.ts';
import type { Capabilities } from '../../carriers/gateway.ts';
import { Secret } from '../../carriers/secret.ts';
import type { PhoneNumber } from '../../domain/phone-number.ts';
import type { ProvinceServer } from './province-server.ts';

/** Whom the tests ask about. */
export const PHONE = '+8613812345678' as PhoneNumber;
export const PERSON = { name: '王小明', idNumber: '11010519491231002X' };

/** A client of the dialect without anything before it, for one system of this province. */
export function clientOf(
  province: ProvinceServer,
  options: {
    joinDate?: Capabilities['joinDate'];
    baseUrl?: string;
    tokenUrl?: string;
    plainHttpHosts?: string[];
    callMs?: number;
  } = {},
): DialectClient {
  const { joinDate = 'second', baseUrl = province.url, tokenUrl = `${province.url}/oauth/token` } = options;
  return jsonHttp({
    home: { province: 'sichuan', system: 'mobile-5g' },
    timeZone: 'Asia/Shanghai',
    capabilities: {
      joinDate,
      recycledSince: true,
      match: true,
      binding: false,
      bills: false,
      events: false,
      snapshots: false,
      trackedSince: '2020-01-01',
      restartsOnTransfer: true,
    },
    connection: {
      dialect: 'json-http',
      baseUrl: `${baseUrl}/mobile-5g`,
      tokenUrl,
      plainHttpHosts: options.plainHttpHosts ?? [],
      credentials: { clientId: 'line keeper', clientSecret: new Secret('open:sesame') },
      rateLimit: { perSecond: 1, burst: 1 },
      timeouts: { call: options.callMs ?? 2_000 },
      breaker: { failures: 1, resetAfter: 1 },
    },
  });
}

/** The context of a call that nothing ends and that serves no request. */
export function context(options: Partial<CallContext> = {}): CallContext {
  return { signal: new AbortController().signal, correlator: undefined, ...options };
}

/** A reply to `lines/query` with some of it changed. */
export const lineReply = (change: object = {}) => ({
  status: 200,
  body: {
    lineId: 'L1',
    status: 'in-use',
    portedIn: false,
    tenancy: { joinedAt: '2024-05-01T09:30:00+08:00' },
    ...change,
  },
});
