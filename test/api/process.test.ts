import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startTemporal, type TemporalServer } from '../../dev/servers/temporal.ts';
import { createKeys } from '../../platform/keys.ts';
import { startIssuer } from './issuer.ts';
import { registryText } from './registry.ts';

let temporal: TemporalServer;
let folder: string;

beforeAll(async () => {
  temporal = await startTemporal();
  folder = mkdtempSync(join(tmpdir(), 'linekeeper-api-'));
  writeFileSync(join(folder, 'keys.json'), JSON.stringify(createKeys()));
  writeFileSync(join(folder, 'registry.yaml'), registryText);
});
afterAll(async () => {
  await temporal.stop();
  rmSync(folder, { recursive: true });
});

const environment = (issuer: string) => ({
  PATH: process.env.PATH,
  LINEKEEPER_API_PORT: '0',
  LINEKEEPER_STORE_URL: `${process.env.LINEKEEPER_TEST_STORE_URL}/api-process-${process.pid}`,
  LINEKEEPER_TEMPORAL_ADDRESS: temporal.address,
  LINEKEEPER_ISSUER: issuer,
  LINEKEEPER_REGISTRY_FILE: join(folder, 'registry.yaml'),
  LINEKEEPER_KEYS_FILE: join(folder, 'keys.json'),
  LINEKEEPER_SMTP_URL: 'smtp://127.0.0.1:2525',
  LINEKEEPER_SMS_URL: 'http://127.0.0.1:9/sms',
  LINEKEEPER_SMS_SECRET: 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw',
  LINEKEEPER_MAIL_FROM: 'Linekeeper <no-reply@example.com>',
});

/** Starts the API as its users do, and collects what it logs. */
function start(env: NodeJS.ProcessEnv) {
  const child: ChildProcess = spawn(process.execPath, ['api/main.ts'], {
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
  const logged = (pattern: RegExp): Promise<RegExpExecArray> =>
    new Promise((resolve, reject) => {
      const look = () => {
        const match = pattern.exec(output);
        if (match) resolve(match);
      };
      child.stdout?.on('data', look);
      void ended.then(() => reject(new Error(`it ended first: ${output}`)));
      look();
    });
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on('data', (chunk: Buffer) => {
      output += chunk.toString();
    });
  }
  return { child, ended, logged, output: () => output };
}

describe('api/main.ts', () => {
  it('→ serves, and on SIGTERM ends by itself with everything closed', async () => {
    const issuer = await startIssuer();
    const api = start(environment(issuer.issuer));
    try {
      const [, url = ''] = await api.logged(/"url":"(http:[^"]+)"/);
      expect((await fetch(`${url}/health/live`)).status).toBe(200);
      expect(await (await fetch(`${url}/health/ready`)).json()).toMatchObject({
        checks: { store: true, temporal: true },
      });
      api.child.kill('SIGTERM');
      expect(await api.ended).toBe(0);
      expect(api.output()).toContain('"msg":"Stopped"');
    } finally {
      api.child.kill('SIGKILL');
      await issuer.close();
    }
  });

  it('with a configuration that cannot be used → ends at once and names every fault', async () => {
    const { LINEKEEPER_ISSUER: _, ...env } = environment('x');
    const api = start({ ...env, LINEKEEPER_API_PORT: 'many' });
    expect(await api.ended).not.toBe(0);
    expect(api.output()).toMatch(/LINEKEEPER_ISSUER is missing/);
    expect(api.output()).toMatch(/LINEKEEPER_API_PORT is not a port/);
  });
});
