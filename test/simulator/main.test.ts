import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { provinces } from './provinces.ts';

const phone = '+8613812340001';
const name = '张伟';
const record = {
  province: 'sichuan',
  system: 'mobile-5g',
  joinedAt: '2020-01-01T00:00:00Z',
  identity: { name, idNumber: '519999199001010017' },
};

interface Running {
  readonly child: ChildProcessByStdio<null, Readable, null>;
  readonly url: string;
  readonly lines: string[];
}

let folder: string;
let running: Running[] = [];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'simulator-'));
  running = [];
});
afterEach(() => {
  for (const { child } of running) {
    child.kill('SIGKILL');
  }
  rmSync(folder, { recursive: true });
});

/** Starts the program as it is started, with Linekeeper away, and waits until it says where it listens. */
async function start(): Promise<Running> {
  const file = join(folder, 'simulator.json');
  writeFileSync(
    file,
    JSON.stringify(provinces('http://127.0.0.1:9', { dataFile: join(folder, 'simulator.sqlite') })),
  );
  const child = spawn(process.execPath, ['simulator/main.ts'], {
    env: { LINEKEEPER_SIMULATOR_CONFIG: file },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const lines: string[] = [];
  const url = await new Promise<string>((resolve, reject) => {
    child.once('exit', (code) => reject(new Error(`ended with ${code}: ${lines.join('\n')}`)));
    createInterface(child.stdout).on('line', (line) => {
      lines.push(line);
      const { msg, url: address } = JSON.parse(line) as { msg: string; url?: string };
      if (msg === 'listening' && address !== undefined) {
        resolve(address);
      }
    });
  });
  const one = { child, url, lines };
  running.push(one);
  return one;
}

async function send(url: string, method: string, body?: object): Promise<Record<string, unknown>> {
  const response = await fetch(url, {
    method,
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return (await response.json()) as Record<string, unknown>;
}

describe('simulator/main.ts', () => {
  it('killed and started again → books and undelivered events are there; SIGTERM → ends by itself', async () => {
    const first = await start();
    await send(`${first.url}/_sim/lines/${phone}`, 'PUT', record);
    await send(`${first.url}/_sim/lines/${phone}/cancel`, 'POST');
    const exited = once(first.child, 'exit');
    first.child.kill('SIGKILL');
    await exited;

    const second = await start();
    expect(await send(`${second.url}/health/live`, 'GET')).toEqual({ status: 'ok' });
    expect(await send(`${second.url}/_sim/lines/${phone}`, 'GET')).toMatchObject({
      line: { status: 'frozen', tenancies: [{ customer: record.identity }] },
      events: [{ event: { type: 'number.cancelled' }, delivery: { state: 'waiting' } }],
    });
    second.child.kill('SIGTERM');
    expect(await once(second.child, 'exit')).toEqual([0, null]);
    expect([...first.lines, ...second.lines].join('\n')).not.toMatch(/13812340001|张伟|519999/);
  });

  it('no configuration → ends with 1 and says what is missing', async () => {
    const child = spawn(process.execPath, ['simulator/main.ts'], {
      env: {},
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const lines: string[] = [];
    createInterface(child.stdout).on('line', (line) => lines.push(line));
    expect(await once(child, 'close')).toEqual([1, null]);
    expect(lines.join('\n')).toContain('LINEKEEPER_SIMULATOR_CONFIG');
  });
});
