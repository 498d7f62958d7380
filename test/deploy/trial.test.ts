import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseRegistry, type Registry } from '../../carriers/registry.ts';
import { readComposeFile } from '../../dev/deployment/compose-file.ts';
import { APPLICATIONS } from '../../dev/issuer/access.ts';
import { readIssuerConfig } from '../../dev/issuer/config.ts';
import { embeddedRegistry, SYSTEM_IDS } from '../../dev/stack/provinces.ts';
import { allSystems, readConfig, type SimulatorConfig } from '../../simulator/config.ts';
import { makeSecretsIn } from './make-secrets.ts';

describe('the trial that Compose starts', () => {
  let parent: string;
  let folder: string;
  let simulator: SimulatorConfig;
  let registry: Registry;
  beforeAll(() => {
    parent = mkdtempSync(join(tmpdir(), 'linekeeper-trial-'));
    folder = makeSecretsIn(parent).folder;
    simulator = readConfig(join(folder, 'simulator.json'));
    registry = parseRegistry({
      // Where Compose mounts them.
      text: readFileSync('deploy/registry.yaml', 'utf8').replaceAll('/run/secrets/', `${folder}/`),
      source: 'registry.yaml',
      folder: 'deploy',
      env: {},
    });
  });
  afterAll(() => rmSync(parent, { recursive: true }));

  it('its registry → has the provinces and routes of the embedded stack', () => {
    const secretsOf = (systems: string[]) => ({
      clientSecret: 'x',
      webhookSecrets: Object.fromEntries(systems.map((system) => [system, 'x'])),
    });
    const secrets = Object.fromEntries(
      Object.entries(SYSTEM_IDS).map(([province, systems]) => [province, secretsOf(systems)]),
    );
    const embedded = embeddedRegistry({ simulatorUrl: 'http://simulator:3100', secrets });
    expect(registry.segments).toEqual(embedded.segments);
    expect(registry.provinces).toMatchObject(
      embedded.provinces.map((province) => ({
        ...province,
        systems: province.systems.map(({ id, kind, baseUrl, tokenUrl, capabilities }) => ({
          id,
          kind,
          capabilities,
          connection: { baseUrl, tokenUrl },
        })),
      })),
    );
  });

  it('its simulator → plays the systems of the registry, with the same secrets', () => {
    const known = registry.provinces.flatMap((province) =>
      province.systems.map(({ id, kind, capabilities, connection, webhookSecrets }) => {
        const { trackedSince: _, restartsOnTransfer: __, ...declared } = capabilities;
        return {
          province: province.id,
          system: id,
          config: { kind, capabilities: declared, webhookSecret: webhookSecrets[0]?.reveal() },
          clientSecret: connection?.credentials.clientSecret.reveal(),
        };
      }),
    );
    const played = allSystems(simulator).map((system) => ({
      ...system,
      clientSecret: simulator.provinces[system.province]?.clientSecret,
    }));
    expect(played).toEqual(known);
  });

  it('its issuer → goes by the name that the API expects, and knows every application', () => {
    const { file } = readComposeFile(readFileSync('docker-compose.yml', 'utf8'), {});
    const issuer = readIssuerConfig(join(folder, 'issuer.json'));
    expect(file?.services.api?.environment).toMatchObject({
      LINEKEEPER_ISSUER: issuer.url,
      LINEKEEPER_AUDIENCE: issuer.audience,
    });
    expect(issuer.clients).toEqual(
      Object.values(APPLICATIONS).map(({ id, scopes, roles }) => ({
        id,
        scopes,
        roles,
        secret: expect.any(String),
      })),
    );
  });

  it('its servers → listen where the others look for them', () => {
    const { file } = readComposeFile(readFileSync('docker-compose.yml', 'utf8'), {});
    const issuer = readIssuerConfig(join(folder, 'issuer.json'));
    expect([simulator.host, issuer.host]).toEqual(['0.0.0.0', '0.0.0.0']);
    expect(readFileSync(join(folder, 'smtp-url'), 'utf8')).toBe(`smtp://simulator:${simulator.smtpPort}`);
    expect(simulator.linekeeperUrl).toBe(`http://api:${file?.services.api?.environment.LINEKEEPER_API_PORT}`);
    expect(file?.services.simulator?.ports).toEqual([`127.0.0.1:3100:${simulator.port}`]);
    expect(file?.services.issuer?.ports).toEqual([`127.0.0.1:3200:${issuer.port}`]);
  });
});
