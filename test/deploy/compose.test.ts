import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { deploymentFaults } from '../../dev/deployment/check.ts';
import {
  type ComposeFile,
  interpolate,
  readComposeFile,
  type Service,
} from '../../dev/deployment/compose-file.ts';
import { composeFaults, mountedPaths } from '../../dev/deployment/compose-rules.ts';
import { loadConfig } from '../../platform/config.ts';
import { loadKeys } from '../../platform/keys.ts';
import { makeSecretsIn } from './make-secrets.ts';

const source = readFileSync('docker-compose.yml', 'utf8');

function ours(env: Record<string, string> = {}): ComposeFile {
  const { file, faults } = readComposeFile(source, env);
  if (file === undefined) {
    throw new Error(faults.join('\n'));
  }
  return file;
}

function serviceOf(file: ComposeFile, name: string): Service {
  const service = file.services[name];
  if (service === undefined) {
    throw new Error(`no service ${name}`);
  }
  return service;
}

describe('the deployment files', () => {
  it('as they stand → hold together', () => {
    expect(deploymentFaults(process.cwd())).toEqual([]);
  });

  it('without the profile → start neither provinces nor an issuer', () => {
    const profiled = Object.entries(ours().services).filter(([, { profiles }]) => profiles.length > 0);
    expect(profiled.map(([name, { profiles }]) => [name, profiles])).toEqual([
      ['simulator', ['simulator']],
      ['issuer', ['simulator']],
    ]);
  });

  it('with another address to bind to → leave the simulator and the issuer on loopback', () => {
    const file = ours({ LINEKEEPER_BIND: '0.0.0.0' });
    expect(serviceOf(file, 'api').ports).toEqual(['0.0.0.0:3000:3000']);
    expect([...serviceOf(file, 'simulator').ports, ...serviceOf(file, 'issuer').ports]).toEqual([
      '127.0.0.1:3100:3100',
      '127.0.0.1:3200:3200',
    ]);
  });
});

describe('the environment of a process', () => {
  let folder: string;
  let secrets: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'linekeeper-compose-'));
    secrets = makeSecretsIn(folder).folder;
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  /** What a service is given, with the places where Compose mounts files replaced by the files. */
  function environmentOf(name: string): Record<string, string> {
    const file = ours();
    const place = (value: string) => {
      const secret = file.secrets[/^\/run\/secrets\/(\w+)$/.exec(value)?.[1] ?? '']?.file;
      return secret?.replace('./deploy/secrets', secrets) ?? value;
    };
    return Object.fromEntries(
      Object.entries(serviceOf(file, name).environment).map(([variable, value]) => [variable, place(value)]),
    );
  }

  it.each(['api', 'worker'])('%s with the secrets that were made → is a configuration with keys', (name) => {
    const config = loadConfig(environmentOf(name));
    expect(config).toMatchObject({
      temporal: { address: 'temporal:7233', namespace: 'linekeeper' },
      store: { url: expect.stringMatching(/^mongodb:\/\/linekeeper:[\w-]{43}@mongo:27017\/linekeeper\?/) },
      mail: { smtpUrl: 'smtp://simulator:2525' },
    });
    expect(config).not.toHaveProperty('freeze');
    expect(Object.keys(loadKeys(config.keysFile))).toEqual(['fields', 'payloads', 'numbers', 'logs']);
  });

  it.each(['api', 'worker'])('%s told to stop → has longer than it asks for', (name) => {
    const stop = /^ {2}stop_grace_period: (\d+)s$/m.exec(source)?.[1];
    expect(Number(stop) * 1_000).toBeGreaterThan(loadConfig(environmentOf(name)).shutdownGrace);
  });

  it('every secret that Compose mounts → is made', () => {
    const { files } = makeSecretsIn(join(folder, 'more'));
    const mounted = mountedPaths(ours()).filter((path) => path.startsWith('./deploy/secrets/'));
    expect(mounted.length).toBeGreaterThan(5);
    const made = [...files.keys(), 'carriers'].map((path) => `./deploy/secrets/${path}`);
    expect(mounted.filter((path) => !made.includes(path))).toEqual([]);
  });
});

describe('the schema of the compose specification', () => {
  it.each<[string, string, RegExp]>([
    [
      'an unknown property',
      'services: { api: { image: "a:1", imaeg: "b" } }',
      /\/services\/api: .*\(imaeg\)/,
    ],
    [
      'a port that is an object of nothing known',
      'services: { api: { ports: [{ prot: 1 }] } }',
      /\/services\/api\/ports\/0/,
    ],
    [
      'a condition that does not exist',
      'services: { a: { depends_on: { b: { condition: ok } } } }',
      /\/depends_on/,
    ],
    ['services as a list', 'services: [api]', /\/services: must be object/],
  ])('%s → is named with its place', (_, text, fault) => {
    const { file, faults } = readComposeFile(text, {});
    expect(file).toBeUndefined();
    expect(faults.join('\n')).toMatch(fault);
  });
});

describe('the rules of this house', () => {
  it.each<[string, (file: ComposeFile) => void, string]>([
    [
      'an image without a version',
      (file) => Object.assign(serviceOf(file, 'mongo'), { image: 'mongo:latest' }),
      'mongo: the image mongo:latest has no version as its tag',
    ],
    [
      'a service without a health check that does not end',
      (file) => delete serviceOf(file, 'temporal-ui').healthcheck,
      'temporal-ui: has no health check, and is not one that runs once and is waited for',
    ],
    [
      'a wait for a service that is not there',
      (file) => delete file.services['mongo-init'],
      "api: waits for mongo-init, which isn't there",
    ],
    [
      'a wait for a health that nobody checks',
      (file) => delete serviceOf(file, 'postgres').healthcheck,
      'temporal-schema: waits for the health of postgres, which has no health check',
    ],
    [
      'a wait for the end of what does not end',
      (file) => Object.assign(serviceOf(file, 'temporal-schema'), { restart: 'unless-stopped' }),
      'temporal: waits for the end of temporal-schema, which is to run for ever',
    ],
    [
      'a need of what only a profile starts',
      (file) => Object.assign(serviceOf(file, 'mongo-init'), { profiles: ['simulator'] }),
      'api: needs mongo-init, which only some profiles start',
    ],
    [
      'a port on all addresses',
      (file) => serviceOf(file, 'mongo').ports.push('27017:27017'),
      'mongo: publishes 27017:27017 beyond loopback',
    ],
    [
      'a password in the environment',
      (file) => Object.assign(serviceOf(file, 'postgres').environment, { POSTGRES_PASSWORD: 'x' }),
      'postgres: POSTGRES_PASSWORD holds a secret in the environment',
    ],
    [
      'a password in an address',
      (file) =>
        Object.assign(serviceOf(file, 'api').environment, { LINEKEEPER_STORE_URL: 'mongodb://a:b@c/d' }),
      'api: LINEKEEPER_STORE_URL holds a secret in the environment',
    ],
    [
      'a secret that is named and not given',
      (file) => Object.assign(serviceOf(file, 'worker'), { secrets: ['keys', 'store_url'] }),
      "worker: LINEKEEPER_SMTP_URL_FILE names the secret smtp_url, which the service isn't given",
    ],
    [
      'a secret that nobody is given',
      (file) => Object.assign(file.secrets, { spare: { file: './deploy/secrets/spare' } }),
      'the secret spare is given to nobody',
    ],
  ])('%s → is told', (_, spoil, fault) => {
    const file = ours();
    spoil(file);
    expect(composeFaults(file)).toContain(fault);
  });
});

describe('interpolate', () => {
  it.each<[string, Record<string, string>, string]>([
    ['A', { A: 'x' }, 'x'],
    ['A', {}, ''],
    ['A:-b', {}, 'b'],
    ['A:-b', { A: '' }, 'b'],
    ['A-b', { A: '' }, ''],
    ['A:-b', { A: 'c' }, 'c'],
  ])('%s in braces with %j → %j', (variable, env, expected) => {
    expect(interpolate(`<\${${variable}}>`, env)).toBe(`<${expected}>`);
  });

  it('a doubled dollar sign → one that stands for itself', () => {
    expect(interpolate('$$HOME', { HOME: '/root' })).toBe('$HOME');
  });
});
