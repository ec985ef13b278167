import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root, run } from './run.mjs';

const app = join('apps', 'dashboard');
/** All that the pages are made of; the lock file names the versions of the packages. */
const sources = [
  ...['src', 'public', 'index.html', 'vite.config.mjs', 'check-size.mjs'].map((name) => join(app, name)),
  ...['contracts', 'commitment', 'sdk'].map((lib) => join('libs', lib, 'src')),
  'package-lock.json',
];

const filesOf = (path) =>
  statSync(join(root, path)).isDirectory()
    ? readdirSync(join(root, path))
        .sort()
        .flatMap((name) => filesOf(join(path, name)))
    : [path];

const digest = () => {
  const hash = createHash('sha256');
  for (const path of sources.flatMap(filesOf).filter((file) => !/\.(spec|fixture)\.ts$/.test(file)))
    hash
      .update(`${path}\0`)
      .update(readFileSync(join(root, path)))
      .update('\0');
  return hash.digest('hex');
};

/** Builds the pages that the router serves, if anything they are made of has changed since. */
export const buildDashboard = async (narrator) => {
  const stamp = join(root, app, 'dist', 'web.sha256');
  const wanted = digest();
  const isBuilt = existsSync(join(root, app, 'dist', 'web', 'index.html')) && existsSync(stamp);
  if (isBuilt && readFileSync(stamp, 'utf8') === wanted) return;
  await narrator.step('Building the dashboard', async () => {
    const vite = join(root, 'node_modules', 'vite', 'bin', 'vite.js');
    await run(process.execPath, [vite, 'build', join(root, app), '--logLevel', 'warn']);
    await run(process.execPath, [join(root, app, 'check-size.mjs')]);
  });
  writeFileSync(stamp, wanted);
};
