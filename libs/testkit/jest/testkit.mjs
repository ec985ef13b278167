import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** The built testkit: Jest does not translate what its set-up files import. */
export const testkit = async () => {
  const built = new URL('../dist/index.js', import.meta.url);
  if (!existsSync(fileURLToPath(built)))
    throw new Error(
      'libs/testkit is not built yet: run "npm run setup" (or "npx tsc -b libs/testkit") first',
    );
  return import(built.href);
};
