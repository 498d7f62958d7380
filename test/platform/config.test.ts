import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ConfigError, loadConfig } from '../../platform/config.ts';

const least = {
  LINEKEEPER_STORE_URL: 'mongodb://keeper:hunter2@one:27017,two:27017/linekeeper',
  LINEKEEPER_ISSUER: 'http://127.0.0.1:3200',
  LINEKEEPER_REGISTRY_FILE: '/etc/linekeeper/registry.yaml',
  LINEKEEPER_KEYS_FILE: '/etc/linekeeper/keys.json',
  LINEKEEPER_SMTP_URL: 'smtp://127.0.0.1:2525',
  LINEKEEPER_MAIL_FROM: 'Linekeeper <no-reply@linekeeper.example>',
  LINEKEEPER_SMS_URL: 'https://sms.example/messages',
  LINEKEEPER_SMS_SECRET: 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw',
};

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'config-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

function faultsOf(env: Record<string, string | undefined>): string[] {
  try {
    loadConfig(env);
  } catch (error) {
    if (error instanceof ConfigError) {
      return error.message.split('\n').slice(1);
    }
    throw error;
  }
  return [];
}

describe('loadConfig', () => {
  it('only what has no default → the documented defaults, durations in milliseconds', () => {
    expect(loadConfig(least)).toEqual({
      api: { host: '127.0.0.1', port: 3000 },
      worker: { port: 3300 },
      store: { url: 'mongodb://keeper:hunter2@one:27017,two:27017/linekeeper' },
      temporal: { address: '127.0.0.1:7233', namespace: 'default', tls: false },
      tokens: { issuer: 'http://127.0.0.1:3200', audience: 'linekeeper' },
      registryFile: '/etc/linekeeper/registry.yaml',
      keysFile: '/etc/linekeeper/keys.json',
      mail: { smtpUrl: 'smtp://127.0.0.1:2525', from: 'Linekeeper <no-reply@linekeeper.example>' },
      sms: {
        provider: 'webhook',
        url: 'https://sms.example/messages',
        secret: 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw',
      },
      codeLimits: { perPhone: 2, perPhoneADay: 20, perAddress: 60, perClient: 600 },
      trustedProxies: [],
      logins: { sessionLifetime: 43_200_000, failuresPerAddress: 100 },
      passwordCost: { memoryKiB: 19_456, passes: 2, lanes: 1 },
      logLevel: 'info',
      handlesKept: 7_776_000_000,
      sweepInterval: 60_000,
      shutdownGrace: 20_000,
    });
  });

  it('everything set → everything taken', () => {
    expect(
      loadConfig({
        ...least,
        LINEKEEPER_API_HOST: '0.0.0.0',
        LINEKEEPER_API_PORT: '0',
        LINEKEEPER_WORKER_PORT: '8081',
        LINEKEEPER_MAX_CACHED_WORKFLOWS: '500',
        LINEKEEPER_TEMPORAL_ADDRESS: '[::1]:7234',
        LINEKEEPER_TEMPORAL_NAMESPACE: 'lines',
        LINEKEEPER_TEMPORAL_TLS: 'on',
        LINEKEEPER_AUDIENCE: 'https://linekeeper.example/',
        LINEKEEPER_ARGON2_MEMORY: '65536',
        LINEKEEPER_ARGON2_PASSES: '3',
        LINEKEEPER_ARGON2_LANES: '4',
        LINEKEEPER_CODES_PER_PHONE: '1',
        LINEKEEPER_CODES_PER_PHONE_A_DAY: '5',
        LINEKEEPER_CODES_PER_ADDRESS: '30',
        LINEKEEPER_CODES_PER_CLIENT: '3000',
        LINEKEEPER_TRUSTED_PROXIES: 'loopback, 10.1.2.0/24,2001:db8::1',
        LINEKEEPER_SESSION_LIFETIME: 'PT30M',
        LINEKEEPER_LOGIN_FAILURES_PER_ADDRESS: '500',
        LINEKEEPER_LOG_LEVEL: 'debug',
        LINEKEEPER_FREEZE: 'P30D',
        LINEKEEPER_SWEEP_INTERVAL: 'PT0.5S',
        LINEKEEPER_SHUTDOWN_GRACE: 'PT1H',
      }),
    ).toMatchObject({
      api: { host: '0.0.0.0', port: 0 },
      worker: { port: 8081, maxCachedWorkflows: 500 },
      temporal: { address: '[::1]:7234', namespace: 'lines', tls: true },
      tokens: { audience: 'https://linekeeper.example/' },
      passwordCost: { memoryKiB: 65_536, passes: 3, lanes: 4 },
      codeLimits: { perPhone: 1, perPhoneADay: 5, perAddress: 30, perClient: 3000 },
      trustedProxies: ['loopback', '10.1.2.0/24', '2001:db8::1'],
      logins: { sessionLifetime: 1_800_000, failuresPerAddress: 500 },
      logLevel: 'debug',
      freeze: 2_592_000_000,
      sweepInterval: 500,
      shutdownGrace: 3_600_000,
    });
  });

  it('an empty environment → every missing variable in one list', () => {
    expect(faultsOf({})).toEqual(Object.keys(least).map((variable) => `- ${variable} is missing`));
  });

  it.each([
    ['LINEKEEPER_API_PORT', '65536', 'is not a port'],
    ['LINEKEEPER_WORKER_PORT', '80a', 'is not a port'],
    ['LINEKEEPER_STORE_URL', 'postgres://x', 'is not a mongodb:// address'],
    ['LINEKEEPER_TEMPORAL_ADDRESS', 'localhost', 'is not host:port'],
    ['LINEKEEPER_TEMPORAL_TLS', 'true', 'is neither on nor off'],
    ['LINEKEEPER_ISSUER', 'issuer.example', 'is not an address'],
    ['LINEKEEPER_SMTP_URL', 'http://mail.example', 'is not an address'],
    ['LINEKEEPER_MAIL_FROM', 'Linekeeper', 'holds no e-mail address'],
    ['LINEKEEPER_ARGON2_MEMORY', '7167', 'is not a whole number from 7168 to 262144'],
    ['LINEKEEPER_ARGON2_PASSES', '0', 'is not a whole number from 1 to 16'],
    ['LINEKEEPER_ARGON2_LANES', '1.5', 'is not a whole number from 1 to 8'],
    ['LINEKEEPER_SMS_PROVIDER', 'pigeons', 'is neither webhook nor'],
    ['LINEKEEPER_SMS_URL', 'http://sms.example/messages', 'is not an https:// address'],
    ['LINEKEEPER_SMS_URL', 'sms.example', 'is not an https:// address'],
    ['LINEKEEPER_SMS_SECRET', 'hunter2', 'is not whsec_'],
    ['LINEKEEPER_CODES_PER_PHONE', '0', 'is not a whole number'],
    ['LINEKEEPER_CODES_PER_CLIENT', '1.5', 'is not a whole number'],
    ['LINEKEEPER_TRUSTED_PROXIES', 'everybody', 'is not a list of addresses'],
    ['LINEKEEPER_TRUSTED_PROXIES', '10.0.0.0/33', 'is not a list of addresses'],
    ['LINEKEEPER_LOG_LEVEL', 'loud', 'is not one of fatal'],
    ['LINEKEEPER_FREEZE', 'P3M', 'is not an ISO 8601 duration'],
    ['LINEKEEPER_SWEEP_INTERVAL', '60', 'is not an ISO 8601 duration'],
    ['LINEKEEPER_SHUTDOWN_GRACE', 'PT0S', 'is not an ISO 8601 duration'],
    ['LINEKEEPER_MAX_CACHED_WORKFLOWS', '0', 'is not a whole number'],
  ])('%s = %s → named in the list', (variable, value, fault) => {
    expect(faultsOf({ ...least, [variable]: value })).toEqual([
      expect.stringContaining(`- ${variable} ${fault}`),
    ]);
  });

  it('an address that is refused → its credentials not repeated', () => {
    const faults = faultsOf({ ...least, LINEKEEPER_SMTP_URL: 'http://keeper:hunter2@mail.example' });
    expect(faults).toHaveLength(1);
    expect(faults.join()).not.toMatch(/hunter2|keeper:/);
  });

  it('several faults of different kinds → all at once', () => {
    const faults = faultsOf({
      ...least,
      LINEKEEPER_API_PORT: 'x',
      LINEKEEPER_FREEZE: 'y',
      LINEKEEPER_ISSUER: '',
    });
    expect(faults).toHaveLength(3);
  });

  it.each([
    'http://127.0.0.1:3100/sms/messages',
    'http://[::1]:3100/sms',
    'http://localhost/sms',
    'http://simulator:3100/sms/messages',
  ])('codes to %s → allowed without TLS', (url) => {
    expect(loadConfig({ ...least, LINEKEEPER_SMS_URL: url }).sms).toMatchObject({ url });
  });

  it('a secret by file → its content without the line break at its end', () => {
    const path = join(folder, 'store-url');
    writeFileSync(path, 'mongodb://a:b@store/linekeeper\n');
    const { LINEKEEPER_STORE_URL: _, ...others } = least;
    expect(loadConfig({ ...others, LINEKEEPER_STORE_URL_FILE: path }).store.url).toBe(
      'mongodb://a:b@store/linekeeper',
    );
  });

  it('a secret by file that is missing → one fault for it, beside the others', () => {
    const { LINEKEEPER_SMTP_URL: _, ...others } = least;
    const path = join(folder, 'missing');
    expect(faultsOf({ ...others, LINEKEEPER_SMTP_URL_FILE: path, LINEKEEPER_API_PORT: 'x' })).toEqual([
      `- LINEKEEPER_SMTP_URL is to come from a file that can't be read: ${path}`,
      '- LINEKEEPER_API_PORT is not a port (0 to 65535)',
    ]);
  });

  it('a secret both ways → refused, for nobody knows which is meant', () => {
    expect(faultsOf({ ...least, LINEKEEPER_STORE_URL_FILE: join(folder, 'x') })).toEqual([
      '- LINEKEEPER_STORE_URL is given twice, also by LINEKEEPER_STORE_URL_FILE',
    ]);
  });
});

describe('loadConfig, messages by Alibaba Cloud', () => {
  const { LINEKEEPER_SMS_URL: _, ...others } = least;
  const alibaba = {
    ...others,
    LINEKEEPER_SMS_PROVIDER: 'alibaba-cloud',
    LINEKEEPER_SMS_SECRET: 'access key secret',
    LINEKEEPER_SMS_ACCESS_KEY_ID: 'key-id',
    LINEKEEPER_SMS_SIGN_NAME: '阿里云',
    LINEKEEPER_SMS_TEMPLATES: 'SMS_1',
  };
  const templates = {
    register: 'SMS_1',
    login: 'SMS_1',
    'reset-password': 'SMS_1',
    'change-phone': 'SMS_1',
    recover: 'SMS_1',
  };

  it('one template → that of every purpose, at the usual endpoint', () => {
    expect(loadConfig(alibaba).sms).toEqual({
      provider: 'alibaba-cloud',
      url: 'https://dysmsapi.aliyuncs.com',
      accessKeyId: 'key-id',
      accessKeySecret: 'access key secret',
      signName: '阿里云',
      templates,
    });
  });

  it('templates by purpose → each its own, the one without a purpose for all others', () => {
    const given = { ...alibaba, LINEKEEPER_SMS_TEMPLATES: 'SMS_1, login=SMS_2,reset-password=SMS_3' };
    expect(loadConfig(given).sms).toMatchObject({
      templates: { ...templates, login: 'SMS_2', 'reset-password': 'SMS_3' },
    });
  });

  it.each(['login=SMS_1', 'SMS_1,borrow=SMS_2', 'SMS_1,SMS_2', 'login=SMS 1', ','])(
    'templates %j → refused',
    (text) => {
      expect(faultsOf({ ...alibaba, LINEKEEPER_SMS_TEMPLATES: text })).toEqual([
        '- LINEKEEPER_SMS_TEMPLATES does not name a template for every purpose',
      ]);
    },
  );

  it('nothing but the provider → all that it needs in the list', () => {
    expect(faultsOf({ LINEKEEPER_SMS_PROVIDER: 'alibaba-cloud' })).toEqual(
      expect.arrayContaining([
        '- LINEKEEPER_SMS_SECRET is missing',
        '- LINEKEEPER_SMS_ACCESS_KEY_ID is missing',
        '- LINEKEEPER_SMS_SIGN_NAME is missing',
        '- LINEKEEPER_SMS_TEMPLATES is missing',
      ]),
    );
  });
});
