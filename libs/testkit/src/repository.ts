import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The root of the clone. This file is two folders below libs/testkit's parent, built or not. */
export const repositoryRoot = fileURLToPath(new URL('../../..', import.meta.url));

/** The built program of an app. Throws with the remedy if it is not built. */
export const appProgram = (app: string): string => builtProgram('apps', app, 'dist', 'main.js');

/**
 * A compiled program, by its path from the root: its bundle starts quicker, and is taken unless something was compiled
 * since it was made. Throws with the remedy if it is not built.
 */
export const builtProgram = (...path: readonly string[]): string => {
  const program = join(repositoryRoot, ...path);
  if (!existsSync(program))
    throw new Error(`${path.slice(0, 2).join('/')} is not built: run "npm run setup" first`);
  const bundle = program.replace(/\.js$/, '.bundle.mjs');
  return changedAt(bundle) > compiledAt() ? bundle : program;
};

const changedAt = (file: string): number => (existsSync(file) ? statSync(file).mtimeMs : 0);

/** When the compiler last compiled any project: it touches a file of this name in each. */
const compiledAt = (): number =>
  Math.max(
    ...['apps', 'libs'].flatMap((folder) =>
      readdirSync(join(repositoryRoot, folder)).map((project) =>
        changedAt(join(repositoryRoot, folder, project, 'dist', 'tsconfig.tsbuildinfo')),
      ),
    ),
  );
