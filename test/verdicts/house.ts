import { randomUUID } from 'node:crypto';
import type { Carriers } from '../../carriers/carriers.ts';
import { parseRegistry, type Registry } from '../../carriers/registry.ts';
import { createRouting } from '../../carriers/routing.ts';
import type { Claim } from '../../domain/claim.ts';
import { asClaimId, asCustomerId, asUserId, type NumberKey } from '../../domain/ids.ts';
import type { Instant } from '../../domain/instant.ts';
import type { NumberEvent, NumberEventType } from '../../domain/number/event.ts';
import type { PhoneNumber } from '../../domain/phone-number.ts';
import { createMetrics } from '../../platform/metrics.ts';
import type { NumberRecord } from '../../store/numbers.ts';
import { createVerdicts } from '../../verdicts/verdicts.ts';
import { secrets } from '../api/registry.ts';
import { createScriptedCarriers } from '../carriers/scripted.ts';
import { openTestStore, testHasher } from '../store/open-store.ts';

/** Two systems with phones that report, and one without either. Answers are good for the default of 10 minutes. */
const registryText = `
provinces:
  - id: sichuan
    name: { zh: 四川, en: Sichuan }
    trackedSince: 2020-01-01
    restartsOnTransfer: true
    systems:
      - id: mobile-5g
        kind: mobile
        webhookSecrets: [ { value: ${secrets.sichuan} } ]
        capabilities: { events: true }
      - id: mobile-4g
        kind: mobile
        webhookSecrets: [ { value: ${secrets.sichuanNext} } ]
        capabilities: { events: true }
      - id: broadband
        kind: broadband
        dialect: json-http
        baseUrl: http://127.0.0.1:9/carrier
        tokenUrl: http://127.0.0.1:9/token
        credentials: { clientId: linekeeper, clientSecret: { value: unused } }
        rateLimit: { perSecond: 1, burst: 1 }
        capabilities: {}
segments:
  - { prefix: "+86138", province: sichuan, system: mobile-5g }
  - { prefix: "+86133", province: sichuan, system: mobile-4g }
`;

export const scriptedRegistry = (): Registry =>
  parseRegistry({ text: registryText, source: 'test', folder: '.', env: {} });

export const person = { name: '张伟', idNumber: '11010519491231002X' };
export const minute = 60_000;
export const hour = 60 * minute;
/** Noon of 24 November 2026 in China. */
export const noon = Date.UTC(2026, 10, 24, 4);
/** Noon of 15 June 2026 in China: when the claims of these tests were made, unless they say otherwise. */
export const claimedAt = Date.UTC(2026, 5, 15, 4);

let phones = 0;

/** What a number of a test is like; what is left out is a claim of an unverified user. */
export interface Holding {
  readonly verified?: boolean;
  readonly claimedAt?: Instant;
  readonly claim?: Partial<Claim>;
  readonly prefix?: string;
}

/** A real store, verdicts on it with a clock of their own, and carriers: scripted, or those that are given. */
export async function openHouse(given?: { registry: Registry; carriers: Carriers }) {
  const registry = given?.registry ?? scriptedRegistry();
  const { store, close } = await openTestStore();
  const scripted = createScriptedCarriers(registry);
  const routing = createRouting(registry);
  const metrics = createMetrics('test');
  const clock = { now: noon };
  const woken: NumberKey[] = [];
  const temporal = { away: false };
  const verdicts = createVerdicts({
    store,
    registry,
    carriers: given?.carriers ?? scripted.carriers,
    metrics,
    now: () => clock.now,
    wakeNumber: async ({ numberKey }) => {
      if (temporal.away) throw new Error('the workflow server is away');
      woken.push(numberKey);
    },
  });

  /** A number that a user holds. */
  async function hold(holding: Holding = {}) {
    phones += 1;
    const phone = `${holding.prefix ?? '+86138'}00${String(100_000 + phones)}` as PhoneNumber;
    const numberKey = testHasher.numberKeyOf(phone);
    const home = routing.routeOf(phone);
    if (!home) throw new Error('nobody serves this number');
    const id = randomUUID().slice(0, 8);
    const userId = asUserId(`user-${id}`);
    const claimId = asClaimId(`claim-${id}`);
    const customerId = holding.verified ? asCustomerId(`customer-${id}`) : null;
    const at = holding.claimedAt ?? claimedAt;
    if (customerId) await store.customers.create({ customerId, ...person, verifiedAt: at, createdAt: at });
    await store.users.createPending({
      ...{ userId, customerId, nickname: `nick-${id}`, email: null, emailVerified: false },
      ...{ passwordHash: null, phone: { numberKey, claimId }, registeredAt: at, createdAt: at },
    });
    await store.users.commit(userId);
    const claim: Claim = {
      ...{ claimId, userId, state: 'active', claimedAt: at, anchoredAt: at, tenancy: null },
      ...{ bindingId: null, stateSince: at, samePerson: [] },
      ...holding.claim,
    };
    await store.claims.claim(numberKey, claim);
    await store.numbers.write([
      {
        ...{ numberKey, phone, ...home, events: [], provenAt: [at] },
        ...{ phase: 'unknown', freezeEndsAt: null, fromVersion: 0 },
      },
    ]);
    return { phone, numberKey, userId, claimId, customerId };
  }

  async function numberOf(numberKey: NumberKey): Promise<NumberRecord> {
    const number = await store.numbers.find(numberKey);
    if (!number) throw new Error('there is no such number');
    return number;
  }

  async function claimOf(numberKey: NumberKey): Promise<Claim> {
    const claim = (await store.claims.find(numberKey))?.claim;
    if (!claim) throw new Error('nobody has a claim on it');
    return claim;
  }

  return {
    store,
    registry,
    clock,
    verdicts,
    metrics,
    woken,
    temporal,
    says: scripted.says,
    lookups: scripted.lookups,
    questions: scripted.questions,
    hold,
    numberOf,
    claimOf,
    /** Somebody with a code comes to the gate, one that was sent just now unless it says otherwise. */
    pass: (
      numberKey: NumberKey,
      purpose: 'login' | 'reset-password' = 'login',
      codeSentAt: Instant = clock.now,
    ) => verdicts.passByCode({ numberKey, purpose, at: codeSentAt, correlator: 'test' }),
    /** Adds reported events to a number's history. */
    async reported(numberKey: NumberKey, ...events: NumberEvent[]) {
      const { version: fromVersion, attendBy: _, ...number } = await numberOf(numberKey);
      await store.numbers.write([{ ...number, events: [...number.events, ...events], fromVersion }]);
    },
    /** All feeds with phones are complete, with a heartbeat now. */
    async feedsArrive({
      sequence,
      systems = ['mobile-5g', 'mobile-4g'],
    }: {
      sequence: number;
      systems?: string[];
    }) {
      for (const system of systems) {
        await store.feeds.advance(`sichuan/${system}`, { sequences: [sequence], heartbeatAt: clock.now });
      }
    },
    /** What stands on the number's timeline. */
    evidenceOf: (numberKey: NumberKey) => store.evidence.ofNumber(numberKey),
    /** As at first: noon, nothing said, nothing asked. */
    reset() {
      scripted.reset();
      clock.now = noon;
      woken.length = 0;
      temporal.away = false;
    },
    async close() {
      scripted.close();
      await close();
    },
  };
}

/** An open house. */
export type House = Awaited<ReturnType<typeof openHouse>>;

/** A reported event of the home system. */
export function eventAt(type: NumberEventType, at: Instant, more: Partial<NumberEvent> = {}): NumberEvent {
  const id = more.id ?? `${type}@${at}`;
  return {
    ...{ key: `/carriers/sichuan/mobile-5g:${id}`, id, type, at, receivedAt: at },
    ...{ province: 'sichuan', system: 'mobile-5g', lineId: null, joined: null, retracts: null },
    ...more,
  };
}

/** A join date to the second. */
export const joinedAt = (at: Instant) => ({ precision: 'second', at }) as const;
