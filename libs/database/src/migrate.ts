import { parseArgs } from 'node:util';
import { fileURLToPath } from 'node:url';
import { applyMigrations } from './migration/apply-migrations.js';
import { createMigration, missingSql } from './migration/create-migration.js';

export { applyMigrations, type ApplyOptions } from './migration/apply-migrations.js';
export { createMigration, missingSql, type ScratchOptions } from './migration/create-migration.js';
export type { ModuleFolder } from './migration/migration-files.js';
export { MIGRATOR, prepareRoles, provideDatabase, type RoleOptions } from './migration/prepare-roles.js';
export { diff, diffIsEmpty } from './migration/diff.js';
export type { EngineOptions } from './migration/schema-engine.js';

const USAGE = `Migrations of the modules' tables.

  migrate create <module> <name> [--url <url>]   write what prisma/<module>/schema.prisma has and the migrations lack
  migrate check <module>… [--url <url>]          fail when a migration is missing
  migrate apply <module>… --url <url>            apply what the database lacks, as the migrator role

create and check work in a scratch database on the server of --url; without it they start a server of their own.
`;

/** Runs one command line; resolves with the exit code. */
async function run(argv: string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args: argv,
    options: { url: { type: 'string' }, help: { type: 'boolean', short: 'h' } },
    allowPositionals: true,
  });
  const [command, ...names] = positionals;
  const scratch = values.url === undefined ? {} : { url: values.url };
  if (values.help) return say(USAGE);
  if (command === 'create' && names.length === 2) {
    const path = await createMigration({ module: names[0]!, ...scratch }, names[1]!);
    return say(path ? `wrote ${path}\n` : `nothing to do: the migrations of ${names[0]} are complete\n`);
  }
  if (command === 'check' && names.length > 0) {
    let missing = 0;
    for (const module of names) {
      const sql = await missingSql({ module, ...scratch });
      if (sql === '') continue;
      missing++;
      process.stderr.write(`${module} lacks a migration; run: migrate create ${module} <name>\n${sql}\n`);
    }
    return missing === 0 ? say(`complete: ${names.join(', ')}\n`) : 1;
  }
  if (command === 'apply' && names.length > 0 && values.url !== undefined) {
    for (const module of names) {
      const applied = await applyMigrations({ url: values.url, module });
      say(`${module}: ${applied.length > 0 ? `applied ${applied.join(', ')}` : 'up to date'}\n`);
    }
    return 0;
  }
  process.stderr.write(USAGE);
  return 2;
}

function say(text: string): number {
  process.stdout.write(text);
  return 0;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  try {
    process.exitCode = await run(process.argv.slice(2));
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = 1;
  }
}
