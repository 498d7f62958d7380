import { randomBytes, randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { exportJWK, generateKeyPair, type JWK } from 'jose';
import { APPLICATIONS, type ApplicationName, type Role } from '../issuer/access.ts';
import { type DataFolder, writePrivately } from './data-folder.ts';
import { type ProvinceSecrets, SYSTEM_IDS } from './provinces.ts';

/** All secrets of a stack but Linekeeper's own keys; made once and kept in the data folder. */
export type StackSecrets = {
  issuer: { keys: JWK[]; cookieKeys: string[] };
  clients: Record<ApplicationName, string>;
  staff: { name: string; password: string; role: Role }[];
  provinces: Record<string, ProvinceSecrets>;
  /** What the simulator's SMS gateway knows Linekeeper by. */
  sms: string;
};

/** 256 bits in letters that need no escaping in a shell, a URL or HTTP Basic. */
function randomSecret(): string {
  return randomBytes(32).toString('base64url');
}

/** As Standard Webhooks writes them: 24 to 64 bytes in base64 behind a prefix. */
function randomWebhookSecret(): string {
  return `whsec_${randomBytes(32).toString('base64')}`;
}

/** To be typed by hand; 72 bits. */
function randomPassword(): string {
  return randomBytes(9).toString('base64url');
}

async function signingKey(): Promise<JWK> {
  const { privateKey } = await generateKeyPair('RS256', { extractable: true });
  return { ...(await exportJWK(privateKey)), kid: randomUUID(), alg: 'RS256', use: 'sig' };
}

/** Fresh secrets for everybody in the stack. */
export async function createSecrets(): Promise<StackSecrets> {
  return {
    issuer: { keys: [await signingKey()], cookieKeys: [randomSecret()] },
    clients: {
      paymentApp: randomSecret(),
      supportDesk: randomSecret(),
      supportLead: randomSecret(),
      auditor: randomSecret(),
      camara: randomSecret(),
    },
    staff: [
      { name: 'desk', password: randomPassword(), role: 'support' },
      { name: 'lead', password: randomPassword(), role: 'support-lead' },
      { name: 'auditor', password: randomPassword(), role: 'auditor' },
    ],
    provinces: Object.fromEntries(
      Object.entries(SYSTEM_IDS).map(([province, systems]) => [
        province,
        {
          clientSecret: randomSecret(),
          webhookSecrets: Object.fromEntries(systems.map((system) => [system, randomWebhookSecret()])),
        },
      ]),
    ),
    sms: randomWebhookSecret(),
  };
}

/** The folder's secrets, made at the first start. */
export async function loadOrCreateSecrets(folder: DataFolder): Promise<StackSecrets> {
  const text = await readFile(folder.secrets, 'utf8').catch(() => undefined);
  const kept: StackSecrets | undefined = text === undefined ? undefined : JSON.parse(text);
  if (kept?.sms !== undefined) return kept;
  // A folder of before there was an SMS gateway lacks its secret.
  const secrets = { ...(await createSecrets()), ...kept };
  writePrivately(folder.secrets, `${JSON.stringify(secrets, null, 2)}\n`);
  return secrets;
}

/** How an application logs in at the issuer, as `endpoints.json` shows it. */
export type ClientCredentials = { id: string; secret: string; scope: string };

/** The credentials of all applications. */
export function clientCredentials(secrets: StackSecrets): Record<ApplicationName, ClientCredentials> {
  const of = (name: ApplicationName): ClientCredentials => ({
    id: APPLICATIONS[name].id,
    secret: secrets.clients[name],
    scope: APPLICATIONS[name].scopes.join(' '),
  });
  return {
    paymentApp: of('paymentApp'),
    supportDesk: of('supportDesk'),
    supportLead: of('supportLead'),
    auditor: of('auditor'),
    camara: of('camara'),
  };
}
