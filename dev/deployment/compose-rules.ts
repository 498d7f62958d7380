import type { ComposeFile, Service } from './compose-file.ts';

/** A rule of this house that the schema can't express: what it finds wrong, each fault as one line. */
type Rule = (file: ComposeFile) => string[];

/** Runs once and ends: the others wait for its end, and it is started again only if it failed. */
function isOneShot(file: ComposeFile, name: string): boolean {
  const awaited = Object.values(file.services).some(
    (service) => service.depends_on[name]?.condition === 'service_completed_successfully',
  );
  return awaited && file.services[name]?.restart === 'on-failure';
}

const perService =
  (check: (service: Service, name: string, file: ComposeFile) => string[]): Rule =>
  (file) =>
    Object.entries(file.services).flatMap(([name, service]) =>
      check(service, name, file).map((fault) => `${name}: ${fault}`),
    );

/** An image that moves under its tag makes a deployment that nobody can repeat. */
const imagesArePinned = perService(({ image, build }) =>
  build === undefined && !/^[^:@]+:\d/.test(image ?? '')
    ? [`the image ${image ?? '(none)'} has no version as its tag`]
    : [],
);

const healthIsKnown = perService(({ healthcheck }, name, file) =>
  healthcheck === undefined && !isOneShot(file, name)
    ? ['has no health check, and is not one that runs once and is waited for']
    : [],
);

/** Waiting for what can't come true blocks a start for ever. */
const dependenciesCanComeTrue = perService(({ depends_on, profiles }, _name, file) =>
  Object.entries(depends_on).flatMap(([other, { condition, required }]) => {
    const service = file.services[other];
    if (service === undefined) {
      return [`waits for ${other}, which isn't there`];
    }
    const faults = [];
    if (condition === 'service_healthy' && service.healthcheck === undefined) {
      faults.push(`waits for the health of ${other}, which has no health check`);
    }
    if (condition === 'service_completed_successfully' && service.restart !== 'on-failure') {
      faults.push(`waits for the end of ${other}, which is to run for ever`);
    }
    const alwaysThere =
      service.profiles.length === 0 || service.profiles.some((one) => profiles.includes(one));
    if (required && !alwaysThere) {
      faults.push(`needs ${other}, which only some profiles start`);
    }
    return faults;
  }),
);

/** Nothing here has TLS, so that only this machine may reach it unless somebody decides otherwise. */
const portsAreOnLoopback = perService(({ ports }) =>
  ports.filter((port) => !port.startsWith('127.0.0.1:')).map((port) => `publishes ${port} beyond loopback`),
);

const SECRET_NAME = /(PASSWORD|PWD|SECRET|TOKEN|PRIVATE|_KEY$|_KEYS$)/;
const CREDENTIALS_IN_URL = /:\/\/[^/\s]*:[^/\s]*@/;

/** The environment of a container is shown to whoever may inspect it, and is passed on to child processes. */
const secretsComeByFile = perService(({ environment, secrets }, _name, file) => {
  const faults = [];
  for (const [variable, value] of Object.entries(environment)) {
    if (CREDENTIALS_IN_URL.test(value) || (SECRET_NAME.test(variable) && !variable.endsWith('_FILE'))) {
      faults.push(`${variable} holds a secret in the environment`);
    }
    const granted = /^\/run\/secrets\/([^/]+)$/.exec(value)?.[1];
    if (granted !== undefined && !secrets.includes(granted)) {
      faults.push(`${variable} names the secret ${granted}, which the service isn't given`);
    }
  }
  return [
    ...faults,
    ...secrets
      .filter((secret) => file.secrets[secret] === undefined)
      .map((secret) => `the secret ${secret} isn't there`),
  ];
});

const secretsAreUsed: Rule = (file) =>
  Object.keys(file.secrets)
    .filter((secret) => !Object.values(file.services).some((service) => service.secrets.includes(secret)))
    .map((secret) => `the secret ${secret} is given to nobody`);

const rules: Rule[] = [
  imagesArePinned,
  healthIsKnown,
  dependenciesCanComeTrue,
  portsAreOnLoopback,
  secretsComeByFile,
  secretsAreUsed,
];

/** What a compose file does against the rules of this house. Looks at the file alone. */
export function composeFaults(file: ComposeFile): string[] {
  return rules.flatMap((rule) => rule(file));
}

/** The files and folders beside the compose file that it mounts: configs, secrets and bind mounts. */
export function mountedPaths(file: ComposeFile): string[] {
  const binds = Object.values(file.services)
    .flatMap((service) => service.volumes)
    .map((volume) => volume.split(':')[0] ?? '')
    .filter((source) => source.startsWith('.'));
  const files = [...Object.values(file.secrets), ...Object.values(file.configs)].map((entry) => entry.file);
  return [...new Set([...binds, ...files])];
}
