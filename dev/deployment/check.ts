import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { type ComposeFile, readComposeFile } from './compose-file.ts';
import { composeFaults, mountedPaths } from './compose-rules.ts';
import { dockerfileFaults, readStages, type Stage } from './dockerfile.ts';

/** Where deploy/make-secrets.mjs writes; made by whoever deploys and in no repository. */
const SECRETS_FOLDER = './deploy/secrets';

/**
 * Everything that is wrong with the files in `root` that deploy the product: docker-compose.yml, Dockerfile,
 * .dockerignore, and what they name. An empty list means that they hold together as far as that can be told without
 * a container engine. Variables are at their defaults.
 */
export function deploymentFaults(root: string): string[] {
  const read = (path: string) => readFileSync(join(root, path), 'utf8');
  const compose = readComposeFile(read('docker-compose.yml'), {});
  if (compose.file === undefined) {
    return compose.faults;
  }
  const stages = readStages(read('Dockerfile'));
  return [
    ...composeFaults(compose.file),
    ...dockerfileFaults(read('Dockerfile')),
    ...missingPaths(root, compose.file),
    ...stages.flatMap((stage) => stageFaults(root, stage)),
    ...ignoredSources(stages, read('.dockerignore')),
    ...builtServiceFaults(root, compose.file, stages),
  ];
}

function missingPaths(root: string, file: ComposeFile): string[] {
  return mountedPaths(file)
    .filter((path) => !path.startsWith(SECRETS_FOLDER) && !existsSync(join(root, path)))
    .map((path) => `${path} is mounted and isn't there`);
}

function stageFaults(root: string, { name, baseImage, sources }: Stage): string[] {
  const missing = sources
    .filter((source) => !existsSync(join(root, source)))
    .map((source) => `the stage ${name} copies ${source}, which isn't there`);
  return /^node:24-\w+-slim$/.test(baseImage)
    ? missing
    : [...missing, `the stage ${name} stands on ${baseImage} and not on Node 24 on slim Debian`];
}

/** Our .dockerignore shuts everything out and lets single paths in. */
function ignoredSources(stages: Stage[], ignore: string): string[] {
  const lines = ignore.split('\n').map((line) => line.trim());
  const faults = lines.includes('*') ? [] : ['.dockerignore does not shut everything out'];
  const sources = new Set(stages.flatMap((stage) => stage.sources));
  for (const source of sources) {
    if (!lines.includes(`!${source}`)) {
      faults.push(`${source} is copied by the Dockerfile and shut out by .dockerignore`);
    }
  }
  return faults;
}

function builtServiceFaults(root: string, file: ComposeFile, stages: Stage[]): string[] {
  return Object.entries(file.services).flatMap(([name, { build, environment }]) => {
    if (build === undefined) {
      return [];
    }
    const stage = stages.find((one) => one.name === build.target);
    if (stage === undefined) {
      return [`${name}: the Dockerfile has no stage ${build.target}`];
    }
    const known = knownVariables(root, stage);
    const faults = Object.keys(environment)
      .filter((variable) => variable.startsWith('LINEKEEPER_') && !known.has(variable.replace(/_FILE$/, '')))
      .map((variable) => `${name}: ${variable} is read by no file of its image`);
    // By number, since an orchestrator can't tell whether a name is root's.
    return /^[1-9]\d*(:\d+)?$/.test(stage.user ?? '')
      ? faults
      : [...faults, `${name}: its image runs as ${stage.user ?? 'root'} and not as a numbered user`];
  });
}

/** Variables that the code in an image mentions, those for a file without their ending. */
function knownVariables(root: string, { sources }: Stage): Set<string> {
  const names = sources
    .map((source) => join(root, source))
    .filter((path) => existsSync(path) && statSync(path).isDirectory())
    .flatMap((folder) =>
      readdirSync(folder, { recursive: true, encoding: 'utf8' })
        .filter((path) => path.endsWith('.ts'))
        .flatMap((path) => readFileSync(join(folder, path), 'utf8').match(/\bLINEKEEPER_[A-Z_]+\b/g) ?? []),
    );
  return new Set(names.map((name) => name.replace(/_FILE$/, '')));
}
