import { join } from 'node:path';
import { databaseModules } from '@ganglion/contracts';
import { applyMigrations, MIGRATOR, prepareRoles } from '@ganglion/database/migrate';
import { readSecret } from './secret-file.js';
import { waitFor } from './wait-for.js';

export interface DatabasePlace {
  secrets: string;
  /** As the superuser; a password in it wins over the one in the secrets. */
  databaseUrl: string;
  waitMs: number;
}

/** Makes the database, a schema and a role per module, and applies the migrations as the migrator role. */
export const provideDatabase = async ({ secrets, databaseUrl, waitMs }: DatabasePlace): Promise<void> => {
  const password = async (...path: string[]): Promise<string> => {
    const text = await readSecret(join(secrets, ...path));
    if (!text) throw new Error(`${join(secrets, ...path)} is missing: run "provision keys" first`);
    return text;
  };
  const url = new URL(databaseUrl);
  if (!url.password) url.password = await password('postgres', 'superuser.password');
  const migrator = await password('provision', 'migrator.password');
  const passwords: Record<string, string> = { [MIGRATOR]: migrator };
  for (const module of databaseModules) passwords[module] = await password(module, 'database.password');

  await waitFor(`PostgreSQL at ${url.host}`, waitMs, () =>
    prepareRoles({ url: url.href, modules: databaseModules, passwords }),
  );
  url.username = MIGRATOR;
  url.password = migrator;
  for (const module of databaseModules) await applyMigrations({ url: url.href, module });
};
