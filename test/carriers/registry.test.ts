import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { loadRegistry } from '../../carriers/registry.ts';
import { parse, registryEnv, registryText } from './registry-text.ts';

const DAY_MS = 86_400_000;

describe('registry', () => {
  it('a good file → its provinces, with defaults where it is silent', () => {
    const registry = parse(registryText);
    expect(registry.provinceOf('sichuan')).toMatchObject({
      id: 'sichuan',
      name: { zh: '四川', en: 'Sichuan' },
      timeZone: 'Asia/Shanghai',
      freeze: 90 * DAY_MS,
      release: { bound: 'at-once', unbound: 'at-freeze-end' },
      answerMaxAge: 600_000,
      identityMismatch: 'refuse',
      trackedSince: '2020-01-01',
      restartsOnTransfer: true,
    });
    expect(registry.provinceOf('atlantis')).toBeUndefined();
  });

  it('a system that is asked → its connection, secrets and all it declared', () => {
    const system = parse(registryText).systemOf('sichuan', 'mobile-5g');
    expect(system).toMatchObject({
      kind: 'mobile',
      capabilities: {
        joinDate: 'second',
        recycledSince: false,
        match: true,
        binding: true,
        bills: true,
        events: true,
        snapshots: false,
        trackedSince: '2020-01-01',
        restartsOnTransfer: true,
      },
      connection: {
        dialect: 'json-http',
        baseUrl: 'http://127.0.0.1:3100/carrier/sichuan/mobile-5g',
        rateLimit: { perSecond: 50, burst: 20 },
        timeouts: { call: 1_500 },
        breaker: { failures: 3, resetAfter: 30_000 },
      },
    });
    expect(system?.connection?.credentials.clientSecret.reveal()).toBe('open-sesame');
    expect(system?.webhookSecrets.map((secret) => secret.reveal())).toEqual([
      'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw',
    ]);
  });

  it('plain http to a host that is named for it → is taken, and told to who asks', () => {
    const elsewhere = registryText.replaceAll('127.0.0.1:3100', 'simulator:3100');
    const system = parse(`plainHttpHosts: [simulator]\n${elsewhere}`).systemOf('sichuan', 'mobile-5g');
    expect(system?.connection).toMatchObject({
      tokenUrl: 'http://simulator:3100/carrier/sichuan/oauth/token',
      plainHttpHosts: ['simulator'],
    });
    expect(() => parse(`plainHttpHosts: [other]\n${elsewhere}`)).toThrow(/tokenUrl: must be https/);
  });

  it('a system that only reports → no connection, and its secret from the environment', () => {
    const system = parse(registryText).systemOf('sichuan', 'fixed');
    expect(system?.connection).toBeNull();
    expect(system?.capabilities).toMatchObject({ joinDate: 'absent', match: false, events: true });
    expect(system?.webhookSecrets.map((secret) => secret.reveal())).toEqual([registryEnv.FIXED_SECRET]);
  });

  it('a freeze that overrides → every province has it', () => {
    expect(parse(registryText, 60_000).provinces.map(({ freeze }) => freeze)).toEqual([60_000]);
  });

  it('printed in any way → no secret in it', () => {
    const registry = parse(registryText);
    const printed = [
      JSON.stringify(registry),
      inspect(registry, { depth: null, showHidden: true }),
      `${registry.systemOf('sichuan', 'mobile-5g')?.connection?.credentials.clientSecret}`,
    ].join();
    expect(printed).toContain('[secret]');
    expect(printed).not.toMatch(/sesame|MfKQ9r8|C2FVsBQ/);
  });

  it('a list that YAML aliases repeat → read as if written out', () => {
    const text = registryText
      .replace('rateLimit: { perSecond: 50', 'rateLimit: &rate { perSecond: 50')
      .replace(
        'kind: fixed\n',
        `kind: fixed
        dialect: json-http
        baseUrl: https://example.com/fixed
        tokenUrl: https://example.com/token
        credentials: { clientId: linekeeper, clientSecret: { value: other } }
        rateLimit: *rate
`,
      );
    expect(parse(text).systemOf('sichuan', 'fixed')?.connection).toMatchObject({
      rateLimit: { perSecond: 50, burst: 20 },
      timeouts: { call: 2_000 },
      breaker: { failures: 5, resetAfter: 10_000 },
    });
  });

  describe('from files', () => {
    let folder: string;
    beforeEach(() => {
      folder = mkdtempSync(join(tmpdir(), 'registry-'));
    });
    afterEach(() => rmSync(folder, { recursive: true }));

    it('a secret in a file beside the registry → read without its line break', () => {
      writeFileSync(join(folder, 'client-secret'), 'from-a-file\n');
      const file = join(folder, 'registry.yaml');
      writeFileSync(file, registryText.replace('{ value: open-sesame }', '{ file: client-secret }'));
      const registry = loadRegistry({ file, env: registryEnv });
      const connection = registry.systemOf('sichuan', 'mobile-5g')?.connection;
      expect(connection?.credentials.clientSecret.reveal()).toBe('from-a-file');
    });

    it('the whole file of docs/registry.md → taken as it stands', () => {
      const page = readFileSync(join(__dirname, '../../docs/registry.md'), 'utf8');
      const [, text = ''] = /```yaml\n(.*?)```/s.exec(page) ?? [];
      mkdirSync(join(folder, 'sichuan'));
      writeFileSync(join(folder, 'sichuan/client-secret'), 'from-a-file');
      const file = join(folder, 'registry.yaml');
      writeFileSync(file, text);
      const webhookSecret = (name: string) => `whsec_${Buffer.from(name.padEnd(32)).toString('base64')}`;
      const env = {
        SICHUAN_WEBHOOK_SECRET: webhookSecret('one'),
        SICHUAN_BROADBAND_WEBHOOK_SECRET: webhookSecret('two'),
      };
      const registry = loadRegistry({ file, env });
      expect(registry.provinceOf('sichuan')?.systems.map(({ id }) => id)).toEqual(['mobile-5g', 'broadband']);
    });

    it('no registry there → refused with its name', () => {
      const file = join(folder, 'absent.yaml');
      expect(() => loadRegistry({ file, env: {} })).toThrow(
        `${file} is refused:\n  1:1 cannot be read (ENOENT)`,
      );
    });
  });
});
