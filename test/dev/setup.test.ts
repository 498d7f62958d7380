import { appendFile, chmod, cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runCommand } from '../../dev/servers/command.ts';

const REPOSITORY = join(import.meta.dirname, '..', '..');

describe('the set-up before the first command', () => {
  let root: string;

  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), 'linekeeper-test-'));
    await mkdir(join(root, 'dev'));
    for (const file of ['setup.mjs', 'file-lock.mjs']) {
      await cp(join(REPOSITORY, 'dev', file), join(root, 'dev', file));
    }
    await writeFile(join(root, 'package.json'), '{}');
    await writeFile(join(root, 'package-lock.json'), '{}');
    await npmThatInstalls('v24.1.0');
  });

  afterEach(() => rm(root, { recursive: true, force: true }));

  /** Stands in for npm: notes its calls, and puts a Node of that version into the packages. */
  async function npmThatInstalls(version: string) {
    const node = join(root, 'node_modules', '.bin', 'node');
    await writeFile(
      join(root, 'npm.js'),
      `const fs = require('node:fs');
       fs.appendFileSync(${JSON.stringify(join(root, 'calls'))}, process.argv.slice(2).join(' ') + '\\n');
       fs.mkdirSync(${JSON.stringify(join(root, 'node_modules', '.bin'))}, { recursive: true });
       fs.writeFileSync(${JSON.stringify(node)}, '#!/bin/sh\\necho ${version}\\n', { mode: 0o755 });`,
    );
    await chmod(join(root, 'npm.js'), 0o755);
  }

  const setUp = () =>
    runCommand({
      command: process.execPath,
      args: [join(root, 'dev', 'setup.mjs')],
      timeoutMs: 20_000,
      env: { ...process.env, npm_execpath: join(root, 'npm.js') },
    });

  const calls = async () => {
    const text = await readFile(join(root, 'calls'), 'utf8').catch(() => '');
    return text.split('\n').filter((line) => line !== '');
  };

  it('a fresh clone → installs what the lockfile says, without install scripts and without changing it', async () => {
    const result = await setUp();

    expect(result.code).toBe(0);
    expect(await calls()).toEqual([expect.stringMatching(/^install --no-save --ignore-scripts/)]);
  });

  it('nothing changed since → does and says nothing', async () => {
    await setUp();

    const second = await setUp();

    expect(second).toEqual({ code: 0, output: '' });
    expect(await calls()).toHaveLength(1);
  });

  it.each(['package.json', 'package-lock.json'])('%s changed → installs again', async (file) => {
    await setUp();
    await appendFile(join(root, file), ' ');

    await setUp();

    expect(await calls()).toHaveLength(2);
  });

  it('two at once → installs once', async () => {
    const results = await Promise.all([setUp(), setUp()]);

    expect(results.map(({ code }) => code)).toEqual([0, 0]);
    expect(await calls()).toHaveLength(1);
  });

  it('npm fails → says so, and tries again the next time', async () => {
    await writeFile(join(root, 'npm.js'), 'process.exit(1)');

    const failed = await setUp();

    expect(failed.code).toBe(1);
    expect(failed.output).toContain('The packages could not be installed');
    await npmThatInstalls('v24.1.0');
    expect((await setUp()).code).toBe(0);
  });

  it('only an older Node is there → says which one is needed', async () => {
    await npmThatInstalls('v20.20.2');

    const result = await setUp();

    expect(result.code).toBe(1);
    expect(result.output).toContain('Node 24 or newer is needed, found: v20.20.2');
  });
});
