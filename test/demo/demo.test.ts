import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openLinekeeper } from '../../dev/demo/linekeeper.ts';
import { openProvinces } from '../../dev/demo/provinces.ts';
import { findStack } from '../../dev/demo/stack.ts';
import { type Stack, startStack } from '../../dev/stack/stack.ts';

// Real processes throughout: the stack, and the demo as `npm run demo` starts it.
const DEMO = join(import.meta.dirname, '..', '..', 'dev', 'demo.ts');
// A start takes five seconds, the story ten more than its freeze; on a busy machine each several times that.
const PATIENCE_MS = 180_000;

function runDemo(
  dataDir: string,
  ...args: string[]
): Promise<{ code: number | null; out: string; err: string }> {
  const env = { ...process.env, LINEKEEPER_DATA: dataDir };
  const child = spawn(process.execPath, [DEMO, ...args], { env, stdio: ['ignore', 'pipe', 'pipe'] });
  let out = '';
  let err = '';
  child.stdout.on('data', (chunk: Buffer) => {
    out += chunk.toString();
  });
  child.stderr.on('data', (chunk: Buffer) => {
    err += chunk.toString();
  });
  return new Promise((resolve) => child.on('close', (code) => resolve({ code, out, err })));
}

const only = (texts: RegExpMatchArray | null): string => texts?.[1] ?? '';

describe('npm run demo', () => {
  let dataDir: string;
  let stack: Stack;

  beforeAll(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'linekeeper-test-'));
    // The shortest that the demo takes for one that can be watched.
    stack = await startStack({ dataDir, freeze: 'PT8S', quiet: true });
  }, PATIENCE_MS);

  afterAll(async () => {
    await stack.stop();
    await rm(dataDir, { recursive: true, force: true });
  }, PATIENCE_MS);

  it(
    'a stack with a short freeze runs → the story is played there to its end, and what it tells is so',
    async () => {
      const { code, out, err } = await runDemo(dataDir, 'number');

      expect(err).toBe('');
      expect(code).toBe(0);
      expect(out).toContain(stack.endpoints.api);
      expect(out.match(/^\d(?= )/gm)).toEqual(['1', '2', '3', '4', '5', '6', '7']);
      expect(out).toMatch(/All of it went as told: \d+ answers checked/);
      // Nobody's terminal: no colours.
      expect(out).not.toContain('\u001b');

      const numberKey = only(out.match(/\/v1\/numbers\/([\w-]+)\/timeline/));
      const linekeeper = await openLinekeeper(stack.endpoints);
      const { items } = await linekeeper.timeline(numberKey);
      const codes = items.map((item) => item.code);
      expect(codes).toEqual([
        ...['claim.created', 'number.cancelled', 'claim.suspended', 'notice.delivered'],
        // The late notice has its place by the time that it speaks of.
        'number.cancelled',
        ...['claim.released', 'notice.delivered', 'number.reissued', 'claim.created'],
      ]);
      const [former, present] = items.filter((item) => item.code === 'claim.created');
      expect(await linekeeper.user(String(former?.details.userId))).toMatchObject({
        status: 'open',
        phone: null,
        accounts: [
          { kind: 'balance', balanceFen: 12_345 },
          { kind: 'redPackets', balanceFen: 888 },
          { kind: 'points', balanceFen: 600 },
        ],
      });
      expect(await linekeeper.user(String(present?.details.userId))).toMatchObject({
        status: 'open',
        phone: expect.stringMatching(/^\+86138\*{4}\d{4}$/),
      });
    },
    PATIENCE_MS,
  );

  it.each(['registration', 'verdicts'])(
    'the story %s → is played to its end, and no number is told in clear',
    async (story) => {
      const { code, out, err } = await runDemo(dataDir, story);

      expect(err).toBe('');
      expect(code).toBe(0);
      expect(out).toMatch(/All of it went as told: 1\d answers checked/);
      expect(out).not.toMatch(/\+861\d{10}/);
    },
    PATIENCE_MS,
  );

  it(
    'a report gets lost on its way → the story breaks there, and says what was told and what came',
    async () => {
      const url = `${stack.endpoints.simulator}/_sim/faults/sichuan`;
      await fetch(url, { method: 'PUT', body: JSON.stringify({ loseEvents: true }) });
      try {
        const { code, out, err } = await runDemo(dataDir, 'number');

        expect(code).toBe(1);
        expect(out).not.toContain('All of it went as told');
        expect(err).toContain('The story breaks here.');
        expect(err).toContain('Linekeeper should acknowledge it with 202, and there was no answer');
        expect(err).not.toMatch(/\+86138\d/);
      } finally {
        await fetch(url, { method: 'PUT', body: '{}' });
      }
    },
    PATIENCE_MS,
  );

  it('a story that is not told → fails with the list of those that are', async () => {
    const { code, err } = await runDemo(dataDir, 'nonsense');

    expect(code).toBe(1);
    expect(err).toContain('nonsense');
    expect(err).toContain('npm run demo -- number');
  });

  it('fresh numbers → never two alike, and in no books', async () => {
    const provinces = openProvinces(stack.endpoints.simulator);

    const phones = await Promise.all(Array.from({ length: 20 }, () => provinces.freshNumber()));

    expect(new Set(phones).size).toBe(20);
  });

  describe('looking for a stack', () => {
    let otherDir: string;
    const endpointsAre = async (endpoints: object) =>
      writeFile(join(otherDir, 'endpoints.json'), JSON.stringify(endpoints));

    beforeEach(async () => {
      otherDir = await mkdtemp(join(tmpdir(), 'linekeeper-test-'));
    });
    afterEach(() => rm(otherDir, { recursive: true, force: true }));

    it('none in the folder → says so', async () => {
      expect(await findStack(otherDir)).toEqual({ why: `No stack runs on ${otherDir}.` });
    });

    it.each(['P90D', 'PT1M', 'PT2S', 'nonsense'])(
      'a freeze of %s → not taken, for it cannot be watched',
      async (freeze) => {
        await endpointsAre({ ...stack.endpoints, freeze });
        expect((await findStack(otherDir)).why).toContain(freeze);
      },
    );

    it('addresses where nobody answers → not taken', async () => {
      await endpointsAre({ ...stack.endpoints, api: 'http://127.0.0.1:1' });
      expect((await findStack(otherDir)).why).toContain("doesn't answer");
    });

    it('a short freeze, and it answers → taken, as its file says', async () => {
      const { endpoints } = await findStack(dataDir);
      expect(endpoints).toEqual(JSON.parse(await readFile(join(dataDir, 'endpoints.json'), 'utf8')));
    });
  });
});
