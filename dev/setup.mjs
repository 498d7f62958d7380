// The first thing that `npm start`, `npm test` and the others run, on whatever Node runs npm (20 or newer) and
// before anything is installed: plain JavaScript without dependencies. It installs the packages when the lists
// of them changed, and makes sure that what follows runs on Node 24.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { lockWhenFree } from './file-lock.mjs';

// Runs TypeScript files as they are, without a flag.
const NODE_MAJOR = 24;

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const stampFile = join(root, 'node_modules', '.linekeeper-setup');
const ownNode = join(root, 'node_modules', '.bin', process.platform === 'win32' ? 'node.cmd' : 'node');

/** What an installation depends on: the same text means that there is nothing to do. */
function wanted() {
  const hash = createHash('sha256');
  for (const name of ['package.json', 'package-lock.json', '.npmrc']) {
    const file = join(root, name);
    hash
      .update(`${name}\0`)
      .update(existsSync(file) ? readFileSync(file) : '')
      .update('\0');
  }
  return `${hash.digest('hex')} ${process.platform}-${process.arch}`;
}

function isInstalled() {
  return existsSync(stampFile) && readFileSync(stampFile, 'utf8') === wanted();
}

function npm(args) {
  // Set by npm for the scripts that it runs: the same npm then, wherever it lies.
  const own = process.env.npm_execpath;
  const options = { cwd: root, stdio: ['ignore', 'inherit', 'inherit'] };
  if (own?.endsWith('.js')) return spawnSync(process.execPath, [own, ...args], options).status === 0;
  return spawnSync('npm', args, { ...options, shell: process.platform === 'win32' }).status === 0;
}

function install() {
  // No package needs its install script here, and some of them download things.
  const flags = ['--ignore-scripts', '--include=dev', '--include=optional', '--loglevel=error'];
  console.log('Installing packages (half a minute the first time) …');
  // Not `ci`: that begins by removing the folder, which would take the packages from under a stack or test that
  // runs. Without saving, `install` takes the versions of the lockfile as well and leaves the file as it is.
  return npm(['install', '--no-save', ...flags]);
}

function nodeVersion() {
  const command = existsSync(ownNode) ? ownNode : 'node';
  const { stdout } = spawnSync(command, ['--version'], {
    encoding: 'utf8',
    shell: process.platform === 'win32',
  });
  return (stdout ?? '').trim();
}

class SetupFault extends Error {}

async function main() {
  if (isInstalled()) return;
  const lock = await lockWhenFree(join(root, '.linekeeper', 'setup.lock'), ({ pid }) =>
    console.log(`Waiting for process ${pid}, which is installing packages …`),
  );
  try {
    if (isInstalled()) return;
    if (!install()) throw new SetupFault('The packages could not be installed; npm says why above.');
    const version = nodeVersion();
    if (!(Number(/^v(\d+)/.exec(version)?.[1]) >= NODE_MAJOR)) {
      throw new SetupFault(
        `Node ${NODE_MAJOR} or newer is needed, found: ${version || 'none'}. It comes as a package for most systems,\n` +
          `but not for this one (${process.platform}-${process.arch}), or npm could not get it.\n` +
          'Install it from https://nodejs.org, then try again.',
      );
    }
    writeFileSync(stampFile, wanted());
  } finally {
    lock.release();
  }
}

main().catch((error) => {
  console.error(error instanceof SetupFault ? error.message : `The set-up failed: ${error.stack}`);
  process.exitCode = 1;
});
