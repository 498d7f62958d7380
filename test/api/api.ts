import { randomUUID } from 'node:crypto';
import { Webhook } from 'standardwebhooks';
import { createApp } from '../../api/app.ts';
import { createAside } from '../../api/aside.ts';
import type { CodeLimits } from '../../api/code-limits.ts';
import type { ApiDependencies } from '../../api/dependencies.ts';
import type { Route } from '../../api/route.ts';
import { listen } from '../../api/server.ts';
import { createWorkflows, type Workflows } from '../../api/workflows.ts';
import { createRouting } from '../../carriers/routing.ts';
import { startTemporal } from '../../dev/servers/temporal.ts';
import type { Instant } from '../../domain/instant.ts';
import type { VerificationPurpose } from '../../domain/verification-code.ts';
import { createLogger } from '../../platform/logger.ts';
import { createMetrics } from '../../platform/metrics.ts';
import { createPasswords, type PasswordCost } from '../../platform/passwords.ts';
import { connectTemporal } from '../../platform/temporal/connection.ts';
import { createScriptedCarriers } from '../carriers/scripted.ts';
import { openTestStore, testHasher, testPasswords, testRing } from '../store/open-store.ts';
import { audience, startIssuer, type TokenFacts } from './issuer.ts';
import { createTestMail } from './mail.ts';
import { secrets, testRegistry } from './registry.ts';
import { createTestSms } from './sms.ts';

/** An answer, read. */
export interface Answered {
  status: number;
  headers: Headers;
  text: string;
  /** The body as JSON; null where it is none. */
  body: unknown;
}

/** A request of a test. */
export interface Asked {
  method?: string;
  token?: string;
  headers?: Record<string, string>;
  /** A text or bytes are sent as they are, anything else as JSON. */
  body?: unknown;
}

/** A carrier's call of a test; what is left out is as it should be. */
export interface Signed {
  body: unknown;
  province?: string;
  system?: string;
  secret?: string;
  webhookId?: string;
  /** Seconds from now. */
  timestampIn?: number;
  headers?: Record<string, string>;
}

/** A Temporal server of one test file. */
async function openTemporal() {
  const server = await startTemporal();
  const client = await connectTemporal(
    { address: server.address, namespace: 'default', tls: false },
    { payloads: testRing('p1') },
  );
  return { server, client };
}

/** The real app on a free port, with a store of its own, real tokens and, where asked for, a real Temporal server. */
export async function openApi(
  options: {
    temporal?: boolean;
    further?: (api: TestStore) => Route[];
    /** What the workflow server does where it isn't a real one; it is away for all else. */
    workflows?: (api: TestStore) => Partial<Workflows>;
    codeLimits?: Partial<CodeLimits>;
    logins?: Partial<ApiDependencies['logins']>;
    trustedProxies?: readonly string[];
    passwordCost?: PasswordCost;
    now?: () => Instant;
  } = {},
) {
  const { now = Date.now } = options;
  const [issuer, opened, temporal] = await Promise.all([
    startIssuer(),
    openTestStore(),
    options.temporal ? openTemporal() : null,
  ]);
  const { store } = opened;
  const registry = testRegistry();
  const metrics = createMetrics('api-tests');
  const scripted = createScriptedCarriers(registry);
  const lines: string[] = [];
  const logger = createLogger({
    name: 'api',
    level: 'debug',
    destination: { write: (line: string) => void lines.push(line) },
  });
  const sms = createTestSms();
  const mail = createTestMail({ store });
  const { deliverMail } = mail;
  const aside = createAside({ logger });
  const app = createApp(
    {
      store,
      // No worker runs here: mails are sent at once.
      workflows: {
        ...(temporal
          ? createWorkflows(temporal.client.client)
          : { ...noWorkflows, ...options.workflows?.({ store }) }),
        deliverMail,
      },
      registry,
      carriers: scripted.carriers,
      routing: createRouting(registry),
      hasher: testHasher,
      passwords: options.passwordCost ? createPasswords(options.passwordCost) : testPasswords,
      metrics,
      logger,
      sms,
      aside,
      codeLimits: { ...manyCodes, ...options.codeLimits },
      logins: { sessionLifetime: 12 * 3_600_000, failuresPerAddress: 100, ...options.logins },
      // As the embedded stack: who calls from here may say for whom.
      trustedProxies: options.trustedProxies ?? ['loopback'],
      tokens: { issuer: issuer.issuer, audience },
      now,
    },
    options.further?.({ store }),
  );
  const server = await listen({ app, host: '127.0.0.1', port: 0 });

  const call = async (path: string, asked: Asked = {}): Promise<Answered> => {
    const { body, token } = asked;
    const asIs = typeof body === 'string' || body instanceof Uint8Array;
    const response = await fetch(`${server.url}${path}`, {
      method: asked.method ?? (body === undefined ? 'GET' : 'POST'),
      headers: {
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
        ...asked.headers,
      },
      ...(body === undefined ? {} : { body: asIs ? Buffer.from(body) : JSON.stringify(body) }),
    });
    const text = await response.text();
    return { status: response.status, headers: response.headers, text, body: jsonOf(text) };
  };

  return {
    url: server.url,
    store,
    metrics,
    /** What was logged, each line as text. */
    lines,
    server,
    issuer,
    temporal,
    hasher: testHasher,
    call,
    token: (facts?: TokenFacts) => issuer.token(facts),
    /** The messages that phones were sent, and what becomes of further ones. */
    sms,
    /** Has a code sent to a phone, and reads it there. */
    codeFor: async (phone: string, purpose: VerificationPurpose = 'register') => {
      const token = await issuer.token({ scope: 'codes:write' });
      const { status, text } = await call('/v1/verification-codes', { token, body: { phone, purpose } });
      if (status !== 202) throw new Error(`No code was sent: ${text}`);
      const { verificationId }: { verificationId: string } = JSON.parse(text);
      return { verificationId, code: sms.codeOf({ phone, verificationId }) };
    },
    /** What mail boxes received, after `drained`. */
    mail,
    /** Waits for all that the app does beside its answers. */
    drained: () => aside.drain(10_000),
    /** The carriers, which say what a test has them say (`test/carriers/scripted.ts`). */
    scripted,
    carrierSays: scripted.says,
    /** What the carriers were asked since the last look. */
    carrierLookups: scripted.lookups,
    /** Makes a signed call of a province system. */
    report: (signed: Signed) => {
      const { province = 'sichuan', system = 'mobile-5g', body } = signed;
      const text = typeof body === 'string' ? body : JSON.stringify(body);
      return call(`/v1/carriers/${province}/${system}/events`, {
        method: 'POST',
        body: text,
        headers: { ...signatureOf(signed, text), ...signed.headers },
      });
    },
    /** Connects a store again that a test has closed. */
    reopenStore: () => store.users.model.db.openUri(opened.url),
    async close() {
      scripted.close();
      await server.stop(5_000);
      await aside.drain(10_000);
      await issuer.close();
      await temporal?.client.close();
      await temporal?.server.stop();
      await opened.close();
    },
  };
}

/** The app of a test file. */
export type TestApi = Awaited<ReturnType<typeof openApi>>;

/** No test asks for so many by accident. */
const manyCodes: CodeLimits = {
  perPhone: 1_000,
  perPhoneADay: 100_000,
  perAddress: 100_000,
  perClient: 100_000,
};

type TestStore = Pick<Awaited<ReturnType<typeof openTestStore>>, 'store'>;

/** Stands for a Temporal server that doesn't answer. */
const away = () => Promise.reject(new Error('no Temporal server in this test'));
const noWorkflows: Workflows = {
  takeInCarrierEvents: away,
  runImport: away,
  wakeNumber: away,
  closeUser: away,
  changePhone: away,
  runRegistration: away,
  hasEnded: async () => false,
  deliverMail: away,
  statusOf: async () => 'unknown',
  hasPollers: away,
};

/** The headers of a signed call. */
export function signatureOf(
  { secret = secrets.sichuan, webhookId, timestampIn = 0 }: Omit<Signed, 'body'>,
  text: string,
) {
  const id = webhookId ?? `msg_${randomUUID()}`;
  const at = new Date((Math.floor(Date.now() / 1_000) + timestampIn) * 1_000);
  return {
    'webhook-id': id,
    'webhook-timestamp': String(Math.floor(at.getTime() / 1_000)),
    'webhook-signature': new Webhook(secret).sign(id, at, text),
  };
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
