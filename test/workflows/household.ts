import { randomUUID } from 'node:crypto';
import { Client } from '@temporalio/client';
import { TestWorkflowEnvironment } from '@temporalio/testing';
import { DefaultLogger, Runtime, type WorkflowBundleWithSourceMap } from '@temporalio/worker';
import type { Carriers } from '../../carriers/carriers.ts';
import type { CarrierAnswer, CarrierGateway, MatchResult } from '../../carriers/gateway.ts';
import { parseRegistry } from '../../carriers/registry.ts';
import { createRouting } from '../../carriers/routing.ts';
import type { Claim } from '../../domain/claim.ts';
import { asClaimId, asCustomerId, asUserId, type NumberKey, type UserId } from '../../domain/ids.ts';
import type { NumberEvent, NumberEventType } from '../../domain/number/event.ts';
import type { PhoneNumber } from '../../domain/phone-number.ts';
import { createMetrics } from '../../platform/metrics.ts';
import { createDataConverter } from '../../platform/temporal/data-converter.ts';
import type { Mail } from '../../ports/mail.ts';
import { MailError } from '../../ports/mail.ts';
import { createVerdicts } from '../../verdicts/verdicts.ts';
import { bundleWorkflows } from '../../worker/bundle.ts';
import { createMessenger } from '../../worker/messenger.ts';
import { createWorkers } from '../../worker/workers.ts';
import { carrierEventsWorkflow, carrierEventsWorkflowId } from '../../workflows/carrier-events/contract.ts';
import { numberLifeWorkflowId } from '../../workflows/number/contract.ts';
import { mainTaskQueue } from '../../workflows/task-queues.ts';
import { createScriptedCarriers } from '../carriers/scripted.ts';
import { openTestStore, testHasher, testPasswords, testRing } from '../store/open-store.ts';

const registryText = `
provinces:
  - id: sichuan
    name: { zh: 四川, en: Sichuan }
    trackedSince: 2020-01-01
    restartsOnTransfer: true
    systems:
      - id: mobile-5g
        kind: mobile
        dialect: json-http
        baseUrl: http://127.0.0.1:9/carrier
        tokenUrl: http://127.0.0.1:9/token
        credentials: { clientId: linekeeper, clientSecret: { value: unused } }
        rateLimit: { perSecond: 1000, burst: 100 }
        capabilities: { joinDate: second, match: true }
segments:
  - { prefix: "+86138", province: sichuan, system: mobile-5g }
`;

let bundle: Promise<WorkflowBundleWithSourceMap> | undefined;
let phones = 0;

/** Far longer than anything here takes, also on a busy machine; each look is a call, so nothing is gained by pausing. */
const lookedForMs = 30_000;

/** Looks until it is so. */
async function eventually(what: string, isSo: () => Promise<boolean>): Promise<void> {
  const end = performance.now() + lookedForMs;
  while (performance.now() < end) if (await isSo()) return;
  throw new Error(`never came to be: ${what}`);
}

/** What the carrier answers to the next same-person checks; an error is thrown. The last one stays. */
type MatchScript = (CarrierAnswer<MatchResult> | Error)[];

/**
 * All of Linekeeper's worker in this process, on a server whose time is skipped, with a real store. Only the way out of
 * the house is scripted: what the carrier says of a person, and the mailbox.
 */
export async function openHousehold() {
  Runtime.install({ logger: new DefaultLogger('ERROR') });
  bundle ??= bundleWorkflows();
  const dataConverter = createDataConverter(testRing('p1'));
  const program = process.env.LINEKEEPER_TEST_SERVER_PROGRAM;
  if (!program) throw new Error('no time-skipping server: run the tests by jest');
  const [environment, { store, close }] = await Promise.all([
    TestWorkflowEnvironment.createTimeSkipping({
      server: { executable: { type: 'existing-path', path: program } },
      client: { dataConverter },
    }),
    openTestStore(),
  ]);
  const registry = parseRegistry({ text: registryText, source: 'test', folder: '.', env: {} });
  const routing = createRouting(registry);
  // Time is skipped only while the environment's own client waits for a result: everything else runs in normal time.
  const client = new Client({ connection: environment.connection, dataConverter });

  const matches: MatchScript = [{ kind: 'answer', value: 'no-match' }];
  const mails: Mail[] = [];
  const mailbox = { refuses: false, away: false };
  const scripted = createScriptedCarriers(registry);
  const gateway: Pick<CarrierGateway, 'match'> = {
    match: async () => {
      const next = matches.length > 1 ? matches.shift() : matches[0];
      if (next instanceof Error || next === undefined) throw next;
      return next;
    },
  };
  const carriers: Carriers = {
    gatewayOf: (home) => ({ ...scripted.carriers.gatewayOf(home), ...gateway }),
  };
  const messenger = createMessenger(client);
  const [worker] = [
    await createWorkers({
      connection: environment.nativeConnection,
      namespace: 'default',
      dataConverter,
      workflowBundle: await bundle,
      metrics: createMetrics('test'),
      shutdownGrace: 1_000,
      dependencies: {
        store,
        registry,
        routing,
        carriers,
        judge: createVerdicts({
          store,
          carriers,
          registry,
          metrics: createMetrics('verdicts'),
          now: Date.now,
          wakeNumber: ({ numberKey, correlator }) =>
            messenger.wakeNumbers({ numberKeys: [numberKey], correlator }),
        }),
        hasher: testHasher,
        passwords: testPasswords,
        messenger,
        handlesKept: 90 * 86_400_000,
        mail: {
          send: async (mail) => {
            if (mailbox.away) throw new MailError('transient', 'the mail server is away');
            if (mailbox.refuses) throw new MailError('permanent', 'no such mailbox');
            mails.push(mail);
          },
        },
      },
    }),
  ];
  const running = worker.map((each) => each.run());

  /** The server's time now: it runs ahead of ours once a freeze was skipped. */
  const now = () => environment.currentTimeMs();

  /** A number that nobody had before. */
  const freshPhone = (): PhoneNumber => {
    phones += 1;
    return `+8613800${String(100_000 + phones)}` as PhoneNumber;
  };

  /** A number that a user holds since long ago. */
  async function holdNumber({
    verified = false,
    bindingId = null,
  }: {
    verified?: boolean;
    bindingId?: string | null;
  } = {}) {
    const phone = freshPhone();
    const numberKey = testHasher.numberKeyOf(phone);
    const id = randomUUID().slice(0, 8);
    const userId = asUserId(`user-${id}`);
    const claimId = asClaimId(`claim-${id}`);
    const claimedAt = Date.parse('2024-01-01T00:00:00Z');
    const customerId = verified ? asCustomerId(`customer-${id}`) : null;
    if (customerId) {
      const person = { name: '张伟', idNumber: '11010519491231002X' };
      await store.customers.create({ customerId, ...person, verifiedAt: claimedAt, createdAt: claimedAt });
    }
    await store.users.createPending({
      userId,
      nickname: `nick-${id}`,
      email: `${id}@example.com`,
      emailVerified: true,
      passwordHash: null,
      customerId,
      phone: null,
      registeredAt: claimedAt,
      createdAt: claimedAt,
    });
    await store.users.commit(userId);
    const claim: Claim = {
      claimId,
      userId,
      state: 'active',
      claimedAt,
      anchoredAt: claimedAt,
      tenancy: null,
      bindingId,
      stateSince: claimedAt,
      samePerson: [],
    };
    await store.claims.claim(numberKey, claim);
    await store.users.takePhone(userId, { numberKey, claimId });
    return { phone, numberKey, userId, claimId };
  }

  /** An event of this number. */
  function eventOf(phone: PhoneNumber, type: NumberEventType, at: number, more: Partial<NumberEvent> = {}) {
    const id = more.id ?? randomUUID();
    return {
      phone,
      sequence: null,
      key: `/carriers/sichuan/mobile-5g:${id}`,
      id,
      type,
      at,
      receivedAt: at,
      province: 'sichuan',
      system: 'mobile-5g',
      lineId: null,
      joined: null,
      retracts: null,
      ...more,
    };
  }

  /** Reports events in one call, and waits until all of them are in the histories and the lives were woken. */
  async function report(events: ReturnType<typeof eventOf>[]): Promise<string> {
    const call = { province: 'sichuan', system: 'mobile-5g', webhookRef: randomUUID() };
    const workflowId = carrierEventsWorkflowId(call);
    await client.workflow.execute(carrierEventsWorkflow, {
      workflowId,
      taskQueue: mainTaskQueue,
      args: [{ ...call, receivedAt: await now(), correlator: 'test', events, heartbeats: [] }],
    });
    return workflowId;
  }

  /** Skips time until the life of a number has come to its end. */
  const lifeEnds = (numberKey: NumberKey) =>
    environment.client.workflow.getHandle(numberLifeWorkflowId(numberKey)).result();

  /** The life of a number; it may have ended. */
  const lifeOf = (numberKey: NumberKey) => client.workflow.getHandle(numberLifeWorkflowId(numberKey));

  /** How many events the history of a workflow has. */
  async function historyLength(workflowId: string): Promise<number> {
    const { events } = await client.workflow.getHandle(workflowId).fetchHistory();
    return events?.length ?? 0;
  }

  /** Waits, without skipping time, until the claim on a number is as wanted. Asks the store, again and again. */
  async function claimBecomes(numberKey: NumberKey, state: Claim['state'] | null): Promise<void> {
    await eventually(`the claim is ${state}`, async () => {
      const claims = await store.claims.find(numberKey);
      return (claims?.claim?.state ?? null) === state;
    });
  }

  /** Reports a cancellation and waits until the number's workflow has suspended the claim and sleeps. */
  async function cancel({ phone, numberKey }: { phone: PhoneNumber; numberKey: NumberKey }): Promise<number> {
    const at = await now();
    await report([eventOf(phone, 'number.cancelled', at)]);
    await eventually('the life of the number sleeps', async () => {
      const { events } = await lifeOf(numberKey).fetchHistory();
      return Boolean(events?.at(-1)?.timerStartedEventAttributes);
    });
    return at;
  }

  /** Waits until so many notices about a number were delivered; each has a workflow of its own. */
  const told = (numberKey: NumberKey, times: number) =>
    eventually(`the user was told ${times} times`, async () => {
      const evidence = await store.evidence.ofNumber(numberKey);
      return evidence.filter(({ code }) => code === 'notice.delivered').length === times;
    });

  /** Waits, without skipping time, until the carrier was asked so many more questions. */
  const asked = async (times: number): Promise<void> => {
    let seen = 0;
    await eventually(`the carrier was asked ${times} times`, async () => {
      // The look at the store is what lets the worker go on.
      await store.ping();
      seen += scripted.lookups().length;
      return seen >= times;
    });
  };

  /** Waits, without skipping time, until so many mails went to an address. */
  const mailed = (address: string, times: number) =>
    eventually(`${times} mails went out`, async () => {
      await store.ping();
      return mails.filter(({ to }) => to === address).length === times;
    });

  return {
    client,
    environment,
    store,
    mailed,
    registry,
    freshPhone,
    asked,
    matches,
    /** What the carrier says of lines; of persons `matches` does. */
    carriers: scripted,
    mails,
    mailbox,
    messenger,
    now,
    holdNumber,
    eventOf,
    report,
    lifeOf,
    lifeEnds,
    historyLength,
    claimBecomes,
    cancel,
    told,
    epochOf: async (userId: UserId) => (await store.users.find(userId))?.epoch,
    async close() {
      for (const each of worker) each.shutdown();
      await Promise.all(running);
      await environment.teardown();
      await close();
    },
  };
}

/** An open household. */
export type Household = Awaited<ReturnType<typeof openHousehold>>;
