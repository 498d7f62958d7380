import { readFileSync } from 'node:fs';
import { isAbsolute, join } from 'node:path';
import { z } from 'zod';
import { parseDay, parseDuration } from '../domain/instant.ts';
import { accepted, type Parsed, refused } from '../domain/parsed.ts';
import { dialectNames } from './dialects/table.ts';
import { parsedText } from './parsed-text.ts';
import { Secret } from './secret.ts';

/** Where secrets that aren't in the file itself are looked up. */
export type SecretSources = {
  env: Readonly<Record<string, string | undefined>>;
  /** The folder that relative file names start from. */
  folder: string;
};

/** Standard Webhooks: a symmetric secret is `whsec_` and the base64 of 24 to 64 bytes. */
const WEBHOOK_SECRET = /^whsec_((?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?)$/;
const WEBHOOK_SECRET_BYTES = { least: 24, most: 64 };

/** How long a carrier may take where the registry doesn't say: the API promises its callers an outcome within 2 s. */
const DEFAULT_CALL_TIMEOUT = 'PT2S';
/** Five failures in a row are no coincidence, and ten seconds are long enough for a restart at the other end. */
const DEFAULT_BREAKER = { failures: 5, resetAfter: 'PT10S' };

/** Ids stand in URLs, task queue names and metrics. */
const id = z
  .string()
  .max(32)
  .regex(/^[a-z0-9]+(-[a-z0-9]+)*$/, 'an id is lower-case letters, digits and single hyphens');

const prefix = z
  .string({
    error: (issue) => (issue.input === undefined ? 'missing' : 'a prefix is text: put it in quotes'),
  })
  .regex(/^\+86\d{1,11}$/, 'a prefix is the beginning of a number of +86 in E.164');

const timeZone = parsedText((text): Parsed<string> => {
  const unknown = refused('time_zone_invalid', 'not a time zone of the IANA database');
  try {
    // An offset such as +08:00 is taken by Intl too, but knows nothing of the past of a zone.
    return /^[A-Za-z]/.test(text) && new Intl.DateTimeFormat('en', { timeZone: text })
      ? accepted(text)
      : unknown;
  } catch {
    return unknown;
  }
});

const url = parsedText((text): Parsed<string> => {
  if (!URL.canParse(text)) {
    return refused('url_invalid', 'not a URL');
  }
  const { protocol, username, password, search, hash } = new URL(text);
  // Which hosts may be asked by plain http is for `registry-checks.ts` to say, which sees the whole file.
  if (protocol !== 'https:' && protocol !== 'http:') {
    return refused('url_insecure', 'must be https');
  }
  if (username !== '' || password !== '' || search !== '' || hash !== '') {
    return refused('url_invalid', 'must have no user, password, query or fragment');
  }
  return accepted(text.replace(/\/+$/, ''));
});

/** A secret by exactly one of `value`, `env` and `file`; the line break at the end of a file isn't part of it. */
function secretFrom({ env, folder }: SecretSources) {
  const read = (from: {
    value?: string | undefined;
    env?: string | undefined;
    file?: string | undefined;
  }) => {
    if (from.value !== undefined) {
      return accepted(from.value);
    }
    if (from.env !== undefined) {
      const text = env[from.env];
      return text === undefined
        ? refused('secret_missing', 'this environment variable is not set')
        : accepted(text);
    }
    try {
      const file = from.file ?? '';
      return accepted(
        readFileSync(isAbsolute(file) ? file : join(folder, file), 'utf8').replace(/\r?\n$/, ''),
      );
    } catch {
      return refused('secret_missing', 'this file cannot be read');
    }
  };
  return z
    .strictObject({ value: z.string().optional(), env: z.string().optional(), file: z.string().optional() })
    .transform((from, context) => {
      const text =
        Object.keys(from).length === 1
          ? read(from)
          : refused('secret_invalid', 'a secret is given by exactly one of value, env and file');
      if (text.ok && text.value !== '') {
        return new Secret(text.value);
      }
      context.addIssue({ code: 'custom', message: text.ok ? 'the secret is empty' : text.detail });
      return z.NEVER;
    });
}

function isWebhookSecret(secret: Secret): boolean {
  const base64 = WEBHOOK_SECRET.exec(secret.reveal())?.[1];
  const bytes = base64 === undefined ? 0 : Buffer.from(base64, 'base64').length;
  return bytes >= WEBHOOK_SECRET_BYTES.least && bytes <= WEBHOOK_SECRET_BYTES.most;
}

const releaseTime = z.enum(['at-once', 'at-freeze-end']);

const capabilities = z.strictObject({
  joinDate: z.enum(['second', 'day', 'months', 'absent']).default('absent'),
  recycledSince: z.boolean().default(false),
  match: z.boolean().default(false),
  binding: z.boolean().default(false),
  bills: z.boolean().default(false),
  events: z.boolean().default(false),
  snapshots: z.boolean().default(false),
});

function systemFrom(sources: SecretSources) {
  const secret = secretFrom(sources);
  return z.strictObject({
    id,
    kind: z.enum(['mobile', 'fixed', 'broadband']),
    dialect: z.enum(dialectNames, `unknown dialect: there is ${dialectNames.join(', ')}`).optional(),
    baseUrl: url.optional(),
    tokenUrl: url.optional(),
    credentials: z.strictObject({ clientId: z.string().min(1), clientSecret: secret }).optional(),
    webhookSecrets: z
      .array(
        secret.refine(
          isWebhookSecret,
          `a webhook secret is whsec_ and the base64 of ${WEBHOOK_SECRET_BYTES.least} to ${WEBHOOK_SECRET_BYTES.most} bytes`,
        ),
      )
      .min(1, 'at least one secret')
      .max(2, 'at most two secrets, while one replaces the other')
      .optional(),
    rateLimit: z
      .strictObject({ perSecond: z.number().positive(), burst: z.number().int().positive() })
      .optional(),
    timeouts: z.strictObject({ call: parsedText(parseDuration).prefault(DEFAULT_CALL_TIMEOUT) }).prefault({}),
    breaker: z
      .strictObject({ failures: z.number().int().positive(), resetAfter: parsedText(parseDuration) })
      .prefault(DEFAULT_BREAKER),
    capabilities,
  });
}

/** The shape of the whole file. What concerns several places of it at once is in `registry-checks.ts`. */
export function registrySchema(sources: SecretSources) {
  const province = z.strictObject({
    id,
    name: z.strictObject({ zh: z.string().min(1), en: z.string().min(1) }),
    timeZone: timeZone.prefault('Asia/Shanghai'),
    freeze: parsedText(parseDuration).prefault('P90D'),
    release: z
      .strictObject({ bound: releaseTime.default('at-once'), unbound: releaseTime.default('at-freeze-end') })
      .prefault({}),
    answerMaxAge: parsedText(parseDuration).prefault('PT10M'),
    identityMismatch: z.enum(['refuse', 'keep']).default('refuse'),
    trackedSince: parsedText(parseDay),
    // Without the province's word a join date says nothing about transfers, and the careful reading is "undecided".
    restartsOnTransfer: z.boolean().default(false),
    systems: z.array(systemFrom(sources)).min(1, 'at least one system'),
  });
  return z.strictObject({
    plainHttpHosts: z.array(z.string().min(1)).default([]),
    provinces: z.array(province).min(1, 'at least one province'),
    segments: z.array(z.strictObject({ prefix, province: id, system: id })).default([]),
  });
}
