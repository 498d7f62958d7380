import { rmSync } from 'node:fs';
import type { ApplicationName, Role } from '../issuer/access.ts';
import { type DataFolder, writePrivately } from './data-folder.ts';
import type { StackPorts } from './ports.ts';
import { type ClientCredentials, clientCredentials, type StackSecrets } from './secrets.ts';
import type { StackSettings } from './settings.ts';

/** What `endpoints.json` says: every address a URL or host:port. */
export type Endpoints = {
  api: string;
  console: string;
  docs: string;
  simulator: string;
  issuer: string;
  temporal: string;
  store: string;
  /** How long a cancelled number is kept from reissue, in every province (ISO 8601). */
  freeze: string;
  clients: Record<ApplicationName, ClientCredentials>;
  staff: { name: string; password: string; role: Role }[];
  /** For trials by hand: where each province system's events go, and the secret that signs them. */
  carriers: Record<string, Record<string, { webhookSecret: string; eventsUrl: string }>>;
};

/** The address of a server of the stack, which all listen on loopback only. */
export function localUrl(port: number): string {
  return `http://127.0.0.1:${port}`;
}

/** That of the registry, which names none of its own. */
const STANDARD_FREEZE = 'P90D';

/** Everything that a caller of the stack needs to know. */
export function endpointsOf(options: {
  ports: StackPorts;
  secrets: StackSecrets;
  storeUrl: string;
  temporalAddress: string;
  settings: Pick<StackSettings, 'freeze'>;
}): Endpoints {
  const { ports, secrets } = options;
  const api = localUrl(ports.api);
  return {
    api,
    console: `${api}/console`,
    docs: `${api}/docs`,
    simulator: localUrl(ports.simulator),
    issuer: localUrl(ports.issuer),
    temporal: options.temporalAddress,
    store: options.storeUrl,
    freeze: options.settings.freeze ?? STANDARD_FREEZE,
    clients: clientCredentials(secrets),
    staff: secrets.staff,
    carriers: Object.fromEntries(
      Object.entries(secrets.provinces).map(([province, { webhookSecrets }]) => [
        province,
        Object.fromEntries(
          Object.entries(webhookSecrets).map(([system, webhookSecret]) => [
            system,
            { webhookSecret, eventsUrl: `${api}/v1/carriers/${province}/${system}/events` },
          ]),
        ),
      ]),
    ),
  };
}

/** Tells the world that the stack is ready. */
export function writeEndpoints(folder: DataFolder, endpoints: Endpoints): void {
  writePrivately(folder.endpoints, `${JSON.stringify(endpoints, null, 2)}\n`);
}

/** Takes it back. */
export function removeEndpoints(folder: DataFolder): void {
  rmSync(folder.endpoints, { force: true });
}
