import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { type DurationMs, parseDuration } from '../domain/instant.ts';
import { defaultCost, mostCost, type PasswordCost } from './passwords.ts';
import { type SmsConfig, smsConfigOf, smsFaults, smsVariables } from './sms-config.ts';
import { isTrustable } from './trusted-proxies.ts';

/**
 * The configuration of every process, from the environment. All processes of a deployment are given the same one and
 * each takes its part.
 */
export interface Config {
  /** Where the API listens. Port 0 takes a free one. */
  api: { host: string; port: number };
  /** Where the worker answers health and metrics; how many sleeping workflows it keeps in memory (Temporal's choice if absent). */
  worker: { port: number; maxCachedWorkflows?: number };
  /** The store's address, with its credentials. */
  store: { url: string };
  temporal: TemporalConfig;
  /** Whose tokens the API accepts, and for whom they must be made. */
  tokens: { issuer: string; audience: string };
  /** Path of the province registry (YAML). */
  registryFile: string;
  /** Path of the key rings (JSON). */
  keysFile: string;
  /** The mail server's address, with its credentials, and the sender. */
  mail: { smtpUrl: string; from: string };
  sms: SmsConfig;
  /** How many codes may be asked for: for one phone in a minute and in a day, from one address and by one client in a minute. */
  codeLimits: { perPhone: number; perPhoneADay: number; perAddress: number; perClient: number };
  /** Whose `X-Forwarded-For` is believed: addresses, networks in CIDR form, or Express' names for some. */
  trustedProxies: string[];
  /** How long a login holds; and how many wrong passwords may come from one address in 15 minutes. */
  logins: { sessionLifetime: DurationMs; failuresPerAddress: number };
  /** What a new password hash costs. Older and cheaper ones are made anew at the next login. */
  passwordCost: PasswordCost;
  logLevel: LogLevel;
  /** When set, the freeze of every province, whatever the registry says. */
  freeze?: DurationMs;
  /** How long the nickname and e-mail of a closed user stay nobody else's. */
  handlesKept: DurationMs;
  /** How often what was lost is looked for. */
  sweepInterval: DurationMs;
  /** How long a process may take to finish what it has begun once it is told to stop. */
  shutdownGrace: DurationMs;
}

/** How a Temporal server is reached. */
export interface TemporalConfig {
  /** `host:port` of the frontend. */
  address: string;
  namespace: string;
  /** Whether to speak TLS, with the certificate authorities of the system. */
  tls: boolean;
}

const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;
/** How much is logged, as in pino. */
export type LogLevel = (typeof LOG_LEVELS)[number];

/** The configuration can't be used. The message lists every fault by variable, and repeats no value. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
}

const required = z.string({ error: 'is missing' });
const withDefault = (text: string) => required.default(text);

const port = (standard: string) =>
  withDefault(standard)
    .refine((text) => /^\d{1,5}$/.test(text) && Number(text) <= 65_535, 'is not a port (0 to 65535)')
    .transform(Number);

const wholeNumber = ({ standard, least, most }: { standard: number; least: number; most: number }) =>
  withDefault(String(standard))
    .refine(
      (text) => /^\d{1,9}$/.test(text) && Number(text) >= least && Number(text) <= most,
      `is not a whole number from ${least} to ${most}`,
    )
    .transform(Number);

/** The least memory that the OWASP Password Storage Cheat Sheet names for Argon2id: 7 MiB, with 5 passes. */
const leastArgonMemoryKiB = 7_168;

const duration = (text: z.ZodType<string, string | undefined>) =>
  text.transform((value, context): DurationMs => {
    const parsed = parseDuration(value);
    if (!parsed.ok) {
      context.addIssue({ code: 'custom', message: `is not an ISO 8601 duration: ${parsed.detail}` });
      return z.NEVER;
    }
    return parsed.value;
  });

const address = (schemes: string[]) =>
  required.refine(
    (text) => schemes.some((scheme) => text.startsWith(`${scheme}://`)) && URL.canParse(text),
    `is not an address that begins with ${schemes.map((scheme) => `${scheme}://`).join(' or ')}`,
  );

/**
 * A connection string of MongoDB may name several hosts, which no URL parser takes; the driver reads the rest.
 */
const storeAddress = required.regex(/^mongodb(\+srv)?:\/\/[^\s/]+/, 'is not a mongodb:// address');

const count = (standard: string) =>
  withDefault(standard)
    .refine((text) => /^[1-9]\d{0,8}$/.test(text), 'is not a whole number from 1 to 999999999')
    .transform(Number);

const schema = z.object({
  LINEKEEPER_API_HOST: withDefault('127.0.0.1'),
  LINEKEEPER_API_PORT: port('3000'),
  LINEKEEPER_WORKER_PORT: port('3300'),
  LINEKEEPER_MAX_CACHED_WORKFLOWS: z
    .string()
    .regex(/^[1-9]\d{0,5}$/, 'is not a whole number from 1 to 999999')
    .transform(Number)
    .optional(),
  LINEKEEPER_STORE_URL: storeAddress,
  LINEKEEPER_TEMPORAL_ADDRESS: withDefault('127.0.0.1:7233').refine(
    (text) => /^(\[[\da-fA-F:]+\]|[\w.-]+):\d{1,5}$/.test(text),
    'is not host:port',
  ),
  LINEKEEPER_TEMPORAL_NAMESPACE: withDefault('default'),
  LINEKEEPER_TEMPORAL_TLS: z
    .enum(['on', 'off'], { error: 'is neither on nor off' })
    .default('off')
    .transform((text) => text === 'on'),
  LINEKEEPER_ISSUER: address(['https', 'http']),
  LINEKEEPER_AUDIENCE: withDefault('linekeeper'),
  LINEKEEPER_REGISTRY_FILE: required,
  LINEKEEPER_KEYS_FILE: required,
  LINEKEEPER_SMTP_URL: address(['smtp', 'smtps']),
  LINEKEEPER_MAIL_FROM: required.regex(/[^\s@<]+@[^\s@>]+/, 'holds no e-mail address'),
  LINEKEEPER_SESSION_LIFETIME: duration(withDefault('PT12H')),
  LINEKEEPER_LOGIN_FAILURES_PER_ADDRESS: count('100'),
  LINEKEEPER_ARGON2_MEMORY: wholeNumber({
    standard: defaultCost.memoryKiB,
    least: leastArgonMemoryKiB,
    most: mostCost.memoryKiB,
  }),
  LINEKEEPER_ARGON2_PASSES: wholeNumber({ standard: defaultCost.passes, least: 1, most: mostCost.passes }),
  LINEKEEPER_ARGON2_LANES: wholeNumber({ standard: defaultCost.lanes, least: 1, most: mostCost.lanes }),
  ...smsVariables,
  LINEKEEPER_CODES_PER_PHONE: count('2'),
  LINEKEEPER_CODES_PER_PHONE_A_DAY: count('20'),
  LINEKEEPER_CODES_PER_ADDRESS: count('60'),
  LINEKEEPER_CODES_PER_CLIENT: count('600'),
  LINEKEEPER_TRUSTED_PROXIES: z
    .string()
    .default('')
    .transform((text) => text.split(',').flatMap((part) => part.trim() || []))
    .refine(
      (parts) => parts.every(isTrustable),
      'is not a list of addresses, networks (CIDR) or their names',
    ),
  LINEKEEPER_LOG_LEVEL: z
    .enum(LOG_LEVELS, { error: `is not one of ${LOG_LEVELS.join(', ')}` })
    .default('info'),
  LINEKEEPER_FREEZE: duration(z.string()).optional(),
  LINEKEEPER_HANDLES_KEPT: duration(withDefault('P90D')),
  LINEKEEPER_SWEEP_INTERVAL: duration(withDefault('PT1M')),
  LINEKEEPER_SHUTDOWN_GRACE: duration(withDefault('PT20S')),
});

type Variable = keyof z.input<typeof schema>;

/** Values that hold credentials: each may stand in a file instead, whose path is in `<NAME>_FILE`. */
const SECRETS: readonly Variable[] = ['LINEKEEPER_STORE_URL', 'LINEKEEPER_SMTP_URL', 'LINEKEEPER_SMS_SECRET'];

/**
 * Reads the configuration from environment variables; an empty one counts as absent.
 * Throws a `ConfigError` that lists all faults at once.
 */
export function loadConfig(env: Record<string, string | undefined>): Config {
  const { values, faults } = readVariables(env);
  const parsed = schema.safeParse(values);
  for (const issue of parsed.error?.issues ?? []) {
    const variable = String(issue.path[0]);
    if (!faults.has(variable)) {
      faults.set(variable, issue.message);
    }
  }
  for (const [variable, fault] of smsFaults(values)) {
    if (!faults.has(variable)) faults.set(variable, fault);
  }
  if (!parsed.success || faults.size > 0) {
    const list = [...faults].map(([variable, fault]) => `- ${variable} ${fault}`);
    throw new ConfigError(`The configuration can't be used:\n${list.join('\n')}`);
  }
  return configOf(parsed.data);
}

function readVariables(env: Record<string, string | undefined>) {
  const faults = new Map<string, string>();
  const values: Partial<Record<Variable, string>> = {};
  for (const variable of schema.keyof().options) {
    const value = env[variable];
    if (value !== undefined && value !== '') {
      values[variable] = value;
    }
  }
  for (const secret of SECRETS) {
    const path = env[`${secret}_FILE`];
    if (path === undefined || path === '') {
      continue;
    }
    if (values[secret] !== undefined) {
      faults.set(secret, `is given twice, also by ${secret}_FILE`);
      continue;
    }
    try {
      // Editors and secret stores end a file with a line break, which is no part of the secret.
      values[secret] = readFileSync(path, 'utf8').trim();
    } catch {
      faults.set(secret, `is to come from a file that can't be read: ${path}`);
    }
  }
  return { values, faults };
}

function configOf(values: z.output<typeof schema>): Config {
  const maxCachedWorkflows = values.LINEKEEPER_MAX_CACHED_WORKFLOWS;
  const freeze = values.LINEKEEPER_FREEZE;
  return {
    api: { host: values.LINEKEEPER_API_HOST, port: values.LINEKEEPER_API_PORT },
    worker: {
      port: values.LINEKEEPER_WORKER_PORT,
      ...(maxCachedWorkflows === undefined ? {} : { maxCachedWorkflows }),
    },
    store: { url: values.LINEKEEPER_STORE_URL },
    temporal: {
      address: values.LINEKEEPER_TEMPORAL_ADDRESS,
      namespace: values.LINEKEEPER_TEMPORAL_NAMESPACE,
      tls: values.LINEKEEPER_TEMPORAL_TLS,
    },
    tokens: { issuer: values.LINEKEEPER_ISSUER, audience: values.LINEKEEPER_AUDIENCE },
    registryFile: values.LINEKEEPER_REGISTRY_FILE,
    keysFile: values.LINEKEEPER_KEYS_FILE,
    mail: { smtpUrl: values.LINEKEEPER_SMTP_URL, from: values.LINEKEEPER_MAIL_FROM },
    sms: smsConfigOf(values),
    codeLimits: {
      perPhone: values.LINEKEEPER_CODES_PER_PHONE,
      perPhoneADay: values.LINEKEEPER_CODES_PER_PHONE_A_DAY,
      perAddress: values.LINEKEEPER_CODES_PER_ADDRESS,
      perClient: values.LINEKEEPER_CODES_PER_CLIENT,
    },
    trustedProxies: values.LINEKEEPER_TRUSTED_PROXIES,
    logins: {
      sessionLifetime: values.LINEKEEPER_SESSION_LIFETIME,
      failuresPerAddress: values.LINEKEEPER_LOGIN_FAILURES_PER_ADDRESS,
    },
    passwordCost: {
      memoryKiB: values.LINEKEEPER_ARGON2_MEMORY,
      passes: values.LINEKEEPER_ARGON2_PASSES,
      lanes: values.LINEKEEPER_ARGON2_LANES,
    },
    logLevel: values.LINEKEEPER_LOG_LEVEL,
    ...(freeze === undefined ? {} : { freeze }),
    handlesKept: values.LINEKEEPER_HANDLES_KEPT,
    sweepInterval: values.LINEKEEPER_SWEEP_INTERVAL,
    shutdownGrace: values.LINEKEEPER_SHUTDOWN_GRACE,
  };
}
