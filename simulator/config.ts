import { readFileSync } from 'node:fs';
import { z } from 'zod';

/** What a province or a system may be called: a part of a URL path. */
const id = z.string().regex(/^[a-z0-9]+(-[a-z0-9]+)*$/, 'must be lower-case words joined by hyphens');

const capabilities = z.strictObject({
  /** How precisely the system answers with a join date (入网时间); `absent`: it doesn't tell any. */
  joinDate: z.enum(['second', 'day', 'months', 'absent']).default('absent'),
  recycledSince: z.boolean().default(false),
  match: z.boolean().default(false),
  binding: z.boolean().default(false),
  bills: z.boolean().default(false),
  events: z.boolean().default(false),
  snapshots: z.boolean().default(false),
});

const webhookSecret = z
  .string()
  .regex(/^(whsec_)?[A-Za-z0-9+/]{16,}={0,2}$/, 'must be a Standard Webhooks secret: whsec_ and base64');

const configSchema = z.strictObject({
  /** Where both servers listen. There is no authentication: anything but loopback needs a closed network around it. */
  host: z.string().min(1).default('127.0.0.1'),
  /** Port of the HTTP server; 0 picks a free one. */
  port: z.int().min(0).max(65_535),
  /** Port of the mail receiver; 0 picks a free one. */
  smtpPort: z.int().min(0).max(65_535),
  /** The SQLite file that holds the books, the events on their way and the mails. */
  dataFile: z.string().min(1),
  /** What the SMS gateway knows its caller by; without one there is no gateway. */
  smsSecret: webhookSecret.optional(),
  /** Where Linekeeper's API is, without a path. */
  linekeeperUrl: z.url(),
  provinces: z.record(
    id,
    z.strictObject({
      clientId: z.string().min(1),
      clientSecret: z.string().min(1),
      timeZone: z.string().default('Asia/Shanghai').refine(isTimeZone, 'must be an IANA time zone'),
      systems: z.record(
        id,
        z.strictObject({
          kind: z.enum(['mobile', 'fixed', 'broadband']),
          webhookSecret,
          capabilities,
        }),
      ),
    }),
  ),
});

/** The simulator's configuration, with defaults filled in. */
export type SimulatorConfig = z.output<typeof configSchema>;

/** The configuration as it may be written down. */
export type SimulatorConfigInput = z.input<typeof configSchema>;

/** One province: its OAuth client and its systems. */
type ProvinceConfig = SimulatorConfig['provinces'][string];

/** One system of a province. */
export type SystemConfig = ProvinceConfig['systems'][string];

/** What a system can answer and do, in the words of the province registry. */
export type Capabilities = SystemConfig['capabilities'];

/**
 * Checks a configuration and fills in the defaults.
 * Throws an `Error` that names all faults and none of the values.
 */
export function parseConfig(input: unknown): SimulatorConfig {
  const parsed = configSchema.safeParse(input);
  if (!parsed.success) {
    const faults = parsed.error.issues.map(
      (issue) => `  ${issue.path.join('.') || '(all)'}: ${issue.message}`,
    );
    throw new Error(`The simulator's configuration is wrong:\n${faults.join('\n')}`);
  }
  return parsed.data;
}

/** Reads the configuration from a JSON file. Throws an `Error` when it can't be read or is wrong. */
export function readConfig(path: string): SimulatorConfig {
  return parseConfig(JSON.parse(readFileSync(path, 'utf8')));
}

/** Names one system of one province. */
export interface SystemName {
  readonly province: string;
  readonly system: string;
}

/** The configuration of a system, or undefined where there is none of that name. */
export function systemOf(config: SimulatorConfig, name: SystemName): SystemConfig | undefined {
  const province = Object.hasOwn(config.provinces, name.province)
    ? config.provinces[name.province]
    : undefined;
  return province !== undefined && Object.hasOwn(province.systems, name.system)
    ? province.systems[name.system]
    : undefined;
}

/** All systems of all provinces. */
export function allSystems(config: SimulatorConfig): (SystemName & { readonly config: SystemConfig })[] {
  return Object.entries(config.provinces).flatMap(([province, { systems }]) =>
    Object.entries(systems).map(([system, systemConfig]) => ({ province, system, config: systemConfig })),
  );
}

function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}
