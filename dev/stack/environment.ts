import { existsSync } from 'node:fs';
import { stringify } from 'yaml';
import { createKeys } from '../../platform/keys.ts';
import type { SimulatorConfigInput } from '../../simulator/config.ts';
import { APPLICATIONS, type ApplicationName, CONSOLE_CLIENT_ID } from '../issuer/access.ts';
import type { IssuerConfig } from '../issuer/config.ts';
import { type DataFolder, writePrivately } from './data-folder.ts';
import { localUrl } from './endpoints.ts';
import type { StackPorts } from './ports.ts';
import { embeddedRegistry, simulatedProvinces } from './provinces.ts';
import type { StackSecrets } from './secrets.ts';
import type { StackSettings } from './settings.ts';

const AUDIENCE = 'linekeeper';

/** Tests and demos ask for codes faster than people do, all from one address. */
const CODE_LIMITS = {
  LINEKEEPER_CODES_PER_PHONE: '20',
  // As many as a minute allows, all day.
  LINEKEEPER_CODES_PER_PHONE_A_DAY: '28800',
  LINEKEEPER_CODES_PER_ADDRESS: '2000',
  LINEKEEPER_CODES_PER_CLIENT: '2000',
};

/** What the stack's configuration depends on. */
export type StackFacts = {
  settings: StackSettings;
  folder: DataFolder;
  ports: StackPorts;
  secrets: StackSecrets;
  storeUrl: string;
  temporalAddress: string;
};

type FileFacts = Pick<StackFacts, 'folder' | 'ports' | 'secrets'>;

/** Writes the files that the processes read. The keys are made once; the others follow the ports of each start. */
export function writeConfiguration({ folder, ports, secrets }: FileFacts): void {
  const json = (value: object) => `${JSON.stringify(value, null, 2)}\n`;
  if (!existsSync(folder.keys)) writePrivately(folder.keys, json(createKeys()));
  const provinces = { simulatorUrl: localUrl(ports.simulator), secrets: secrets.provinces };
  writePrivately(folder.registry, stringify(embeddedRegistry(provinces), { aliasDuplicateObjects: false }));
  const simulator: SimulatorConfigInput = {
    port: ports.simulator,
    smtpPort: ports.mail,
    dataFile: folder.simulatorData,
    linekeeperUrl: localUrl(ports.api),
    smsSecret: secrets.sms,
    provinces: simulatedProvinces(provinces),
  };
  writePrivately(folder.simulatorConfig, json(simulator));
  writePrivately(folder.issuerConfig, json(issuerConfig(ports, secrets)));
}

function issuerConfig(ports: StackPorts, secrets: StackSecrets): object {
  const names: ApplicationName[] = ['paymentApp', 'supportDesk', 'supportLead', 'auditor', 'camara'];
  const clients: IssuerConfig['clients'] = names.map((name) => ({
    id: APPLICATIONS[name].id,
    secret: secrets.clients[name],
    scopes: [...APPLICATIONS[name].scopes],
    roles: [...APPLICATIONS[name].roles],
  }));
  return {
    port: ports.issuer,
    audience: AUDIENCE,
    keys: secrets.issuer.keys,
    cookieKeys: secrets.issuer.cookieKeys,
    clients,
    console: { id: CONSOLE_CLIENT_ID, redirectUris: [`${localUrl(ports.api)}/console/callback`] },
    staff: secrets.staff,
  };
}

/**
 * As in the images: without them a worker's memory grows with every number that it has ever frozen, because V8 and the
 * allocator put off collecting what is garbage long since (docs/benchmarks.md, "memory").
 */
const MEMORY = { NODE_OPTIONS: '--max-old-space-size=200', MALLOC_ARENA_MAX: '2' };

/**
 * The environment of the stack's processes: what this process was given, without the LINEKEEPER_… of it that the
 * settings don't mean for them, and what the stack says itself.
 */
export function environmentOf(facts: StackFacts): NodeJS.ProcessEnv {
  const { settings, folder, ports, secrets } = facts;
  const inherited = Object.entries(process.env).filter(([name]) => !name.startsWith('LINEKEEPER_'));
  return {
    ...Object.fromEntries(inherited),
    ...MEMORY,
    ...CODE_LIMITS,
    // Everybody calls from this machine.
    LINEKEEPER_LOGIN_FAILURES_PER_ADDRESS: '2000',
    LINEKEEPER_MAIL_FROM: 'Linekeeper <no-reply@linekeeper.example>',
    LINEKEEPER_TRUSTED_PROXIES: 'loopback',
    ...settings.env,
    LINEKEEPER_API_HOST: '127.0.0.1',
    LINEKEEPER_API_PORT: String(ports.api),
    LINEKEEPER_WORKER_PORT: String(ports.worker),
    LINEKEEPER_STORE_URL: facts.storeUrl,
    // A value and a file for the same thing would contradict each other.
    LINEKEEPER_STORE_URL_FILE: '',
    LINEKEEPER_SMTP_URL_FILE: '',
    LINEKEEPER_TEMPORAL_ADDRESS: facts.temporalAddress,
    LINEKEEPER_ISSUER: localUrl(ports.issuer),
    LINEKEEPER_AUDIENCE: AUDIENCE,
    LINEKEEPER_REGISTRY_FILE: folder.registry,
    LINEKEEPER_KEYS_FILE: folder.keys,
    LINEKEEPER_SMTP_URL: `smtp://127.0.0.1:${ports.mail}`,
    LINEKEEPER_SMS_PROVIDER: 'webhook',
    LINEKEEPER_SMS_URL: `${localUrl(ports.simulator)}/sms/messages`,
    LINEKEEPER_SMS_SECRET: secrets.sms,
    LINEKEEPER_SMS_SECRET_FILE: '',
    LINEKEEPER_FREEZE: settings.freeze ?? '',
    LINEKEEPER_SIMULATOR_CONFIG: folder.simulatorConfig,
    LINEKEEPER_ISSUER_CONFIG: folder.issuerConfig,
  };
}
