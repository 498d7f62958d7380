import type { SimulatorConfigInput } from '../../simulator/config.ts';

/** The provinces of the embedded stack, as one table that the registry and the simulator are both written from. */

type JoinDate = 'second' | 'day' | 'months' | 'absent';
type Kind = 'mobile' | 'fixed' | 'broadband';
type System = { id: string; kind: Kind; prefix?: string; capabilities: Capabilities };
type Capabilities = {
  joinDate: JoinDate;
  recycledSince: boolean;
  match: boolean;
  binding: boolean;
  bills: boolean;
  events: boolean;
  snapshots: boolean;
};
type Province = { id: string; name: { zh: string; en: string }; systems: System[] };

function withPhones(joinDate: JoinDate, recycledSince = false): Capabilities {
  return { joinDate, recycledSince, match: true, binding: true, bills: true, events: true, snapshots: false };
}

const withoutPhones: Capabilities = {
  joinDate: 'absent',
  recycledSince: false,
  match: false,
  binding: true,
  bills: true,
  events: false,
  snapshots: false,
};

function province(options: {
  id: string;
  name: { zh: string; en: string };
  prefixes: { '5g': string; '4g': string; fixed: string };
  capabilities: Capabilities;
}): Province {
  const { id, name, prefixes, capabilities } = options;
  return {
    id,
    name,
    systems: [
      { id: 'mobile-5g', kind: 'mobile', prefix: prefixes['5g'], capabilities },
      // The older network's books keep no more than a band of months, in every province.
      { id: 'mobile-4g', kind: 'mobile', prefix: prefixes['4g'], capabilities: withPhones('months') },
      { id: 'fixed', kind: 'fixed', prefix: prefixes.fixed, capabilities },
      { id: 'broadband', kind: 'broadband', capabilities: withoutPhones },
    ],
  };
}

const PROVINCES: Province[] = [
  province({
    id: 'sichuan',
    name: { zh: '四川', en: 'Sichuan' },
    prefixes: { '5g': '+86138', '4g': '+86133', fixed: '+8628' },
    capabilities: withPhones('second'),
  }),
  province({
    id: 'guangdong',
    name: { zh: '广东', en: 'Guangdong' },
    prefixes: { '5g': '+86139', '4g': '+86153', fixed: '+8620' },
    capabilities: withPhones('day'),
  }),
  province({
    id: 'beijing',
    name: { zh: '北京', en: 'Beijing' },
    prefixes: { '5g': '+86136', '4g': '+86189', fixed: '+8610' },
    capabilities: withPhones('absent', true),
  }),
];

/** What Linekeeper and a province know of each other in secret. */
export type ProvinceSecrets = { clientSecret: string; webhookSecrets: Record<string, string> };

/** The systems of each province, by their ids. */
export const SYSTEM_IDS: Record<string, string[]> = Object.fromEntries(
  PROVINCES.map(({ id, systems }) => [id, systems.map((system) => system.id)]),
);

const CLIENT_ID = 'linekeeper';

/** Everything that the registry and the simulator's configuration depend on. */
export type ProvinceSettings = {
  simulatorUrl: string;
  secrets: Record<string, ProvinceSecrets>;
};

function secretsOf(settings: ProvinceSettings, provinceId: string): ProvinceSecrets {
  const secrets = settings.secrets[provinceId];
  if (secrets === undefined) throw new Error(`there are no secrets for ${provinceId}`);
  return secrets;
}

function webhookSecretOf(secrets: ProvinceSecrets, systemId: string): string {
  const secret = secrets.webhookSecrets[systemId];
  if (secret === undefined) throw new Error(`there is no webhook secret for ${systemId}`);
  return secret;
}

/** The province registry, to be written as YAML. */
export function embeddedRegistry(settings: ProvinceSettings) {
  const provinces = PROVINCES.map(({ id, name, systems }) => {
    const secrets = secretsOf(settings, id);
    const carrier = `${settings.simulatorUrl}/carrier/${id}`;
    return {
      id,
      name,
      trackedSince: '2020-01-01',
      restartsOnTransfer: true,
      systems: systems.map((system) => ({
        id: system.id,
        kind: system.kind,
        dialect: 'json-http',
        baseUrl: `${carrier}/${system.id}`,
        tokenUrl: `${carrier}/oauth/token`,
        credentials: { clientId: CLIENT_ID, clientSecret: { value: secrets.clientSecret } },
        webhookSecrets: [{ value: webhookSecretOf(secrets, system.id) }],
        // The simulator stands more than a real system would; a demo of thousands of numbers shouldn't crawl.
        rateLimit: { perSecond: 200, burst: 200 },
        capabilities: system.capabilities,
      })),
    };
  });
  const segments = PROVINCES.flatMap(({ id, systems }) =>
    systems.flatMap((system) =>
      system.prefix === undefined ? [] : [{ prefix: system.prefix, province: id, system: system.id }],
    ),
  );
  return { provinces, segments };
}

/** The provinces as the simulator is told of them. */
export function simulatedProvinces(settings: ProvinceSettings): SimulatorConfigInput['provinces'] {
  return Object.fromEntries(
    PROVINCES.map(({ id, systems }) => {
      const secrets = secretsOf(settings, id);
      return [
        id,
        {
          clientId: CLIENT_ID,
          clientSecret: secrets.clientSecret,
          systems: Object.fromEntries(
            systems.map((system) => [
              system.id,
              {
                kind: system.kind,
                webhookSecret: webhookSecretOf(secrets, system.id),
                capabilities: system.capabilities,
              },
            ]),
          ),
        },
      ];
    }),
  );
}
