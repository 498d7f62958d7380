import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadRegistry } from '../../carriers/registry.ts';
import { startProcess } from '../../dev/servers/server-process.ts';
import { startStore } from '../../dev/servers/store.ts';
import { startTemporal } from '../../dev/servers/temporal.ts';
import { type Stack, startStack } from '../../dev/stack/stack.ts';
import { insert, isRunning, names, statusOf, until, waitingWorkflow } from './stack-probe.ts';

// Real processes throughout; the API and the worker are stood in for by their health checks.
const STAND_INS = join(import.meta.dirname, 'stand-ins');
const programs = { api: join(STAND_INS, 'api.ts'), worker: join(STAND_INS, 'worker.ts') };

describe('the embedded stack', () => {
  let dataDir: string;
  let stacks: Stack[];

  beforeEach(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'linekeeper-test-'));
    stacks = [];
  });

  afterEach(async () => {
    await Promise.all(stacks.map((stack) => stack.stop()));
    await rm(dataDir, { recursive: true, force: true });
  });

  async function start(options: Partial<Parameters<typeof startStack>[0]> = {}): Promise<Stack> {
    const stack = await startStack({ dataDir, quiet: true, programs, ...options });
    stacks.push(stack);
    return stack;
  }

  const readJson = async (name: string) => JSON.parse(await readFile(join(dataDir, name), 'utf8'));
  const exists = (name: string) =>
    stat(join(dataDir, name)).then(
      () => true,
      () => false,
    );

  it('ready → endpoints.json gives every address and client, for its owner only; stopped → it is gone', async () => {
    const stack = await start();

    expect(await readJson('endpoints.json')).toEqual(stack.endpoints);
    expect(Object.keys(stack.endpoints)).toEqual(
      expect.arrayContaining([
        'api',
        'console',
        'docs',
        'simulator',
        'issuer',
        'temporal',
        'store',
        'clients',
        'staff',
      ]),
    );
    for (const file of ['endpoints.json', 'secrets.json', 'keys.json', 'registry.yaml', 'issuer.json']) {
      expect((await stat(join(dataDir, file))).mode & 0o077).toBe(0);
    }
    expect(await readJson('processes.json')).toEqual(stack.processes);

    await stack.stop();

    expect(await exists('endpoints.json')).toBe(false);
    expect(await exists('processes.json')).toBe(false);
  });

  it('first start → writes a registry that Linekeeper takes, with every route of the contract', async () => {
    await start();

    const registry = loadRegistry({ file: join(dataDir, 'registry.yaml'), env: {} });

    const routes = registry.segments.map(({ prefix, province, system }) => `${prefix} ${province} ${system}`);
    expect(routes.sort()).toEqual(
      [
        ...['+86138 sichuan mobile-5g', '+86133 sichuan mobile-4g', '+8628 sichuan fixed'],
        ...['+86139 guangdong mobile-5g', '+86153 guangdong mobile-4g', '+8620 guangdong fixed'],
        ...['+86136 beijing mobile-5g', '+86189 beijing mobile-4g', '+8610 beijing fixed'],
      ].sort(),
    );
    expect(registry.provinces.every(({ id }) => registry.systemOf(id, 'broadband') !== undefined)).toBe(true);
  });

  it('stopped and started again → what was written and what waits is there, with the same secrets', async () => {
    const first = await start();
    await insert(first.endpoints.store, 'kept');
    await waitingWorkflow(first.endpoints.temporal, 'waits');
    await first.stop();

    const second = await start();

    expect(await names(second.endpoints.store)).toEqual(['kept']);
    expect(await statusOf(second.endpoints.temporal, 'waits')).toBe('RUNNING');
    expect(second.endpoints.clients).toEqual(first.endpoints.clients);
  });

  it('store and Temporal killed → both come back by themselves with what they had', async () => {
    const stack = await start();
    await insert(stack.endpoints.store, 'kept');
    await waitingWorkflow(stack.endpoints.temporal, 'waits');
    const before = stack.processes;

    await Promise.all([stack.kill('store'), stack.kill('temporal')]);

    await until(() => stack.processes.store !== undefined && stack.processes.temporal !== undefined);
    expect(stack.processes.store).not.toBe(before.store);
    expect(await names(stack.endpoints.store)).toEqual(['kept']);
    expect(await statusOf(stack.endpoints.temporal, 'waits')).toBe('RUNNING');
  });

  it('killed with restarting switched off → stays away until it is restarted', async () => {
    const stack = await start({ autoRestart: false });

    await stack.kill('api');

    expect(stack.processes.api).toBeUndefined();
    await expect(fetch(`${stack.endpoints.api}/health/ready`)).rejects.toThrow();

    await stack.restart('api');

    expect((await fetch(`${stack.endpoints.api}/health/ready`)).status).toBe(200);
  });

  it('started on the folder of a running stack → refused, naming the folder, and the other goes on', async () => {
    const stack = await start();

    await expect(start()).rejects.toThrow(dataDir);

    expect(await readJson('endpoints.json')).toEqual(stack.endpoints);
    expect((await fetch(`${stack.endpoints.api}/health/ready`)).status).toBe(200);
  });

  it('two folders → two stacks side by side', async () => {
    const other = await mkdtemp(join(tmpdir(), 'linekeeper-test-'));
    try {
      const [one, two] = await Promise.all([start(), start({ dataDir: other })]);

      await insert(one.endpoints.store, 'one');

      expect(await names(two.endpoints.store)).toEqual([]);
      await two.stop();
    } finally {
      await rm(other, { recursive: true, force: true });
    }
  });

  it('a store and a Temporal server given by their addresses → used, and left running', async () => {
    const [store, temporal] = await Promise.all([startStore(), startTemporal()]);
    try {
      const stack = await start({
        env: {
          LINEKEEPER_STORE_URL: store.urlOf('given'),
          LINEKEEPER_TEMPORAL_ADDRESS: temporal.address,
        },
      });

      expect(stack.endpoints).toMatchObject({ store: store.urlOf('given'), temporal: temporal.address });
      expect(Object.keys(stack.processes).sort()).toEqual(['api', 'issuer', 'simulator', 'worker']);
      await stack.stop();
      expect([store.isRunning(), temporal.isRunning()]).toEqual([true, true]);
    } finally {
      await Promise.all([store.stop(), temporal.stop()]);
    }
  });

  it('addresses at which nobody answers → each named by its variable, without its password', async () => {
    const refusal = await start({
      env: {
        LINEKEEPER_STORE_URL: 'mongodb://user:secret@127.0.0.1:1/x?serverSelectionTimeoutMS=200',
        LINEKEEPER_TEMPORAL_ADDRESS: '127.0.0.1:1',
      },
    }).catch((error: Error) => error.message);

    expect(refusal).toContain('LINEKEEPER_STORE_URL');
    expect(refusal).toContain('LINEKEEPER_TEMPORAL_ADDRESS');
    expect(refusal).not.toContain('secret');
  });

  it('a port in use → named with the variable that moves it, and nothing is started', async () => {
    const server = createServer();
    const port = await new Promise<number>((resolve) => {
      server.listen(0, '127.0.0.1', () => {
        const address = server.address();
        resolve(typeof address === 'object' && address !== null ? address.port : 0);
      });
    });

    const refusal = await start({ ports: { simulator: port } }).catch((error: Error) => error.message);

    expect(refusal).toContain(`Port ${port}`);
    expect(refusal).toContain('LINEKEEPER_SIMULATOR_PORT');
    expect(await exists('processes.json')).toBe(false);
    server.close();
  });

  it('a program that fails at its start → the reason is told and the others are stopped', async () => {
    const failing = join(STAND_INS, 'failing.ts');

    await expect(start({ programs: { ...programs, api: failing } })).rejects.toThrow(
      /api ended while starting: .*the reason/,
    );

    expect(await exists('processes.json')).toBe(false);
    expect(await exists('endpoints.json')).toBe(false);
  });

  it('killed as a whole → the next start ends what was left, says so, and goes on where it was', async () => {
    const killed = await startProcess({
      command: process.execPath,
      args: [join(STAND_INS, 'stack.ts')],
      env: { ...process.env, LINEKEEPER_DATA: dataDir, ...freePorts },
      logFile: join(dataDir, 'stack.log'),
    });
    await until(() => exists('endpoints.json'));
    const { store } = await readJson('endpoints.json');
    await insert(store, 'kept');
    const leftBehind: Record<string, number> = await readJson('processes.json');
    await killed.kill();

    const stack = await start();

    expect(Object.values(leftBehind).filter(isRunning)).toEqual([]);
    expect(await names(stack.endpoints.store)).toEqual(['kept']);
  });

  it.each(['SIGINT', 'SIGTERM'] as const)(
    '%s → stops in order and leaves nothing running',
    async (signal) => {
      const stack = await startProcess({
        command: process.execPath,
        args: [join(STAND_INS, 'stack.ts')],
        env: { ...process.env, LINEKEEPER_DATA: dataDir, ...freePorts },
        logFile: join(dataDir, 'stack.log'),
      });
      await until(() => exists('endpoints.json'));
      const pids: Record<string, number> = await readJson('processes.json');

      process.kill(stack.pid, signal);

      expect(await stack.ended).toEqual({ code: 0, signal: null });
      expect(Object.values(pids).filter(isRunning)).toEqual([]);
      expect(await exists('endpoints.json')).toBe(false);
      const log = await readFile(join(dataDir, 'stack.log'), 'utf8');
      expect(log).toMatch(
        /stopped api and worker.*stopped issuer and simulator.*stopped store and temporal/s,
      );
    },
  );
});

const freePorts = Object.fromEntries(
  ['API', 'SIMULATOR', 'ISSUER', 'TEMPORAL', 'STORE'].map((name) => [`LINEKEEPER_${name}_PORT`, '0']),
);
