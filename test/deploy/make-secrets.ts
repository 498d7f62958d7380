import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** Runs deploy/make-secrets.mjs for a folder `secrets` in `parent`; the files by their paths below that folder. */
export function makeSecretsIn(parent: string) {
  const folder = join(parent, 'secrets');
  const run = spawnSync(process.execPath, ['deploy/make-secrets.mjs', folder], { encoding: 'utf8' });
  const files = new Map(
    readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .filter((path) => statSync(join(folder, path)).isFile())
      .map((path) => [path, readFileSync(join(folder, path), 'utf8')]),
  );
  return { folder, files, exitCode: run.status, stderr: run.stderr };
}
