import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { deploymentFaults } from '../../dev/deployment/check.ts';

/** What the check reads beside the three files themselves. */
const others = [
  ...[
    'package.json',
    'package-lock.json',
    '.npmrc',
    'deploy',
    'domain',
    'platform',
    'ports',
    'store',
    'carriers',
  ],
  ...['workflows', 'activities', 'api', 'worker', 'simulator', 'dev'],
];

describe('the check of images', () => {
  let root: string;
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'linekeeper-images-'));
    for (const name of others) {
      symlinkSync(resolve(name), join(root, name));
    }
  });
  afterEach(() => rmSync(root, { recursive: true }));

  /** The faults of our files after a change in one of them. */
  function faultsWith(changed: string, change: (text: string) => string): string[] {
    for (const name of ['docker-compose.yml', 'Dockerfile', '.dockerignore']) {
      const text = readFileSync(name, 'utf8');
      writeFileSync(join(root, name), name === changed ? change(text) : text);
    }
    return deploymentFaults(root);
  }

  it.each<[string, string, RegExp | string, string, string]>([
    ['no user', 'Dockerfile', /^USER .*$/gm, '', 'api: its image runs as root and not as a numbered user'],
    [
      'a named user',
      'Dockerfile',
      /^USER .*$/gm,
      'USER node',
      'worker: its image runs as node and not as a numbered user',
    ],
    [
      'another base',
      'Dockerfile',
      'node:24-trixie-slim',
      'node:24-alpine',
      'the stage api stands on node:24-alpine and not on Node 24 on slim Debian',
    ],
    ['a missing stage', 'Dockerfile', 'AS worker', 'AS wroker', 'worker: the Dockerfile has no stage worker'],
    [
      'a missing source',
      'Dockerfile',
      'COPY api ./api',
      'COPY app ./api',
      "the stage api copies app, which isn't there",
    ],
    ['a misspelt instruction', 'Dockerfile', 'EXPOSE 3300', 'EXPOSED 3300', 'Unknown instruction: EXPOSED'],
    [
      'a source shut out',
      '.dockerignore',
      '!store\n',
      '',
      'store is copied by the Dockerfile and shut out by .dockerignore',
    ],
    ['an open context', '.dockerignore', '*\n', '', '.dockerignore does not shut everything out'],
    [
      'a variable that nobody reads',
      'docker-compose.yml',
      'LINEKEEPER_LOG_LEVEL: ',
      'LINEKEEPER_LOG_LEVLE: ',
      'api: LINEKEEPER_LOG_LEVLE is read by no file of its image',
    ],
    [
      'a mount of nothing',
      'docker-compose.yml',
      './deploy/mongo:',
      './deploy/mango:',
      "./deploy/mango is mounted and isn't there",
    ],
  ])('%s in %s → is told', (_, changed, from, to, fault) => {
    const faults = faultsWith(changed, (text) => text.replace(from, to));
    expect(faults).toContainEqual(expect.stringContaining(fault));
  });

  it('nothing changed → nothing is told', () => {
    expect(faultsWith('', (text) => text)).toEqual([]);
  });
});
