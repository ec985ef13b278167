import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The root of the clone. This file is two folders below libs/testkit's parent, built or not. */
export const repositoryRoot = fileURLToPath(new URL('../../..', import.meta.url));

/** The built program of an app. Throws with the remedy if it is not built. */
export const appProgram = (app: string): string => {
  const program = join(repositoryRoot, 'apps', app, 'dist', 'main.js');
  if (!existsSync(program)) throw new Error(`apps/${app} is not built: run "npm run setup" first`);
  return program;
};
