import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { makeBundles } from './bundles.mjs';
import { buildDashboard } from './dashboard.mjs';
import { checkNode, installPackages } from './packages.mjs';
import { root, run } from './run.mjs';

/** What runs in a network, and what starts it. */
export const networkProjects = [
  ...['router', 'session', 'session-queue', 'node-pool', 'cognitive', 'oracle', 'reputation'],
  ...['provision', 'miner', 'cli'],
].map((app) => `apps/${app}`);

/** Everything `npm start` and `npm test` need. */
export const allProjects = [...networkProjects, 'apps/e2e', 'tools'];

/**
 * Prepares a clone to run: packages, generated database clients, compiled projects; each only if it is needed.
 * @param {import('./narrator.mjs').Narrator} narrator
 * @param {readonly string[]} projects folders with a tsconfig.json
 */
export const setUp = async (narrator, projects = allProjects) => {
  checkNode();
  await installPackages(narrator);
  await narrator.step('Generating database clients', () =>
    run(process.execPath, [join(root, 'tools', 'generate.mjs')]),
  );
  await narrator.step('Compiling', () => {
    const wanted = projects.filter((project) => existsSync(join(root, project, 'src')));
    return run(process.execPath, [
      join(root, 'node_modules', '@typescript', 'native', 'bin', 'tsc'),
      '-b',
      ...wanted,
    ]);
  });
  await narrator.step('Bundling', makeBundles);
  if (projects.includes('apps/router')) await buildDashboard(narrator);
};
