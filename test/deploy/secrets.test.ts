import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeSecretsIn } from './make-secrets.ts';

describe('make-secrets', () => {
  let parent: string;
  beforeEach(() => {
    parent = mkdtempSync(join(tmpdir(), 'linekeeper-secrets-'));
  });
  afterEach(() => rmSync(parent, { recursive: true }));

  it('in a new place → makes a folder for its owner with files that a container can read', () => {
    const { folder, exitCode } = makeSecretsIn(parent);
    const mode = (path: string) => (statSync(path).mode & 0o777).toString(8);
    expect(exitCode).toBe(0);
    expect([mode(folder), mode(join(folder, 'carriers')), mode(join(folder, 'keys.json'))]).toEqual([
      '700',
      '755',
      '644',
    ]);
  });

  it('where secrets are → refuses and changes nothing', () => {
    const first = makeSecretsIn(parent);
    const second = makeSecretsIn(parent);
    expect(second.exitCode).toBe(1);
    expect(second.stderr).toContain('stays as it is');
    expect(second.files).toEqual(first.files);
    expect(readdirSync(parent)).toEqual(['secrets']);
  });

  it('run twice → makes no secret twice', () => {
    const secret = /whsec_[\w+/=]{40,}|[\w+/-]{43,}=*/g;
    const secretsOf = (files: Map<string, string>) =>
      [...files.values()].flatMap((text) => text.match(secret) ?? []);
    const first = secretsOf(makeSecretsIn(join(parent, 'a')).files);
    const second = new Set(secretsOf(makeSecretsIn(join(parent, 'b')).files));
    expect(first.length).toBeGreaterThan(20);
    expect(first.filter((one) => second.has(one))).toEqual([]);
  });
});
