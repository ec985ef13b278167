import { cp, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { jest } from '@jest/globals';
import { databaseModules } from '@ganglion/contracts';
import { trialFolder, Trial } from '../trial.fixture.js';
import { applyMigrations } from './apply-migrations.js';
import { withConnection } from './connect.js';
import { createMigration, missingSql } from './create-migration.js';
import { prepareRoles } from './prepare-roles.js';
import { diff, diffIsEmpty } from './diff.js';
import { readMigrations } from './migration-files.js';
import { openEngine } from './schema-engine.js';

jest.setTimeout(120_000);

describe('migrations on a real server', () => {
  let trial: Trial;
  let url: string;
  let folder: string;
  beforeAll(async () => {
    trial = await Trial.start();
    url = trial.urlOf('migrator', 'm');
  });
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'ganglion-migrations-'));
    await cp(trialFolder, folder, { recursive: true });
  });
  afterEach(() => rm(folder, { recursive: true }));
  afterAll(() => trial[Symbol.asyncDispose]());

  const migrations = () => join(folder, 'trial', 'migrations');
  const first = async (): Promise<string> => (await readdir(migrations())).toSorted()[0]!;
  const addRoomName = async (): Promise<void> => {
    const path = join(folder, 'trial', 'schema.prisma');
    const schema = await readFile(path, 'utf8');
    await writeFile(path, schema.replace('lamps Lamp[]', 'lamps Lamp[]\n  name  String?'));
  };
  /** A database of its own, prepared for the module. */
  const freshDatabase = async (name: string): Promise<string> => {
    const admin = new URL(trial.adminUrl);
    admin.pathname = `/${name}`;
    await prepareRoles({ url: admin.href, modules: ['trial'], passwords: { migrator: 'm', trial: 't' } });
    return url.replace(/\/trial$/, `/${name}`);
  };

  it('applies what is missing once, although several processes try at the same time', async () => {
    const fresh = await freshDatabase('at_once');
    const options = { url: fresh, module: 'trial', folder };
    const applied = await Promise.all([1, 2, 3].map(() => applyMigrations(options)));
    expect(applied.flat()).toEqual([await first()]);
    expect(await applyMigrations(options)).toEqual([]);
  });

  it('leaves the rows that prisma itself would', async () => {
    const { rows } = await withConnection({ url, schema: 'trial' }, (client) =>
      client.query('SELECT * FROM _prisma_migrations'),
    );
    expect(rows).toEqual([
      {
        id: expect.stringMatching(/^[0-9a-f-]{36}$/),
        migration_name: await first(),
        checksum: expect.stringMatching(/^[0-9a-f]{64}$/),
        applied_steps_count: 1,
        started_at: expect.any(Date),
        finished_at: expect.any(Date),
        logs: null,
        rolled_back_at: null,
      },
    ]);
  });

  it('leaves a history that prisma’s own engine takes for applied and unedited', async () => {
    const where = { module: 'trial', folder };
    await using opened = await openEngine({ url, ...where });
    const { engine } = opened;
    const filters = { externalTables: [], externalEnums: [] };
    const listOf = async () => ({
      baseDir: migrations(),
      lockfile: { path: 'migration_lock.toml', content: 'provider = "postgresql"' },
      shadowDbInitScript: '',
      migrationDirectories: (await readMigrations(where)).map(({ name, sql }) => ({
        path: name,
        migrationFile: { path: 'migration.sql', content: { tag: 'ok' as const, value: sql } },
      })),
    });
    const diagnose = async () =>
      engine.diagnoseMigrationHistory({
        migrationsList: await listOf(),
        optInToShadowDatabase: false,
        filters,
      });
    const name = await first();
    const sound = {
      hasMigrationsTable: true,
      editedMigrationNames: [],
      failedMigrationNames: [],
      history: null,
    };
    expect(await diagnose()).toMatchObject(sound);
    expect(await engine.applyMigrations({ migrationsList: await listOf(), filters })).toEqual({
      appliedMigrationNames: [],
    });
    await writeFile(join(migrations(), name, 'migration.sql'), '-- edited');
    expect(await diagnose()).toMatchObject({ ...sound, editedMigrationNames: [name] });
  });

  it('refuses a migration that was edited after it was applied', async () => {
    const path = join(migrations(), await first(), 'migration.sql');
    await writeFile(path, `${await readFile(path, 'utf8')}\n-- harmless, surely`);
    await expect(applyMigrations({ url, module: 'trial', folder })).rejects.toThrow(
      'was edited after it was applied',
    );
  });

  it('refuses a history with a migration that is missing here', async () => {
    const name = await first();
    await rm(join(migrations(), name), { recursive: true });
    await expect(applyMigrations({ url, module: 'trial', folder })).rejects.toThrow(
      `has the migration ${name}, but prisma/trial/migrations/${name}/migration.sql is missing`,
    );
  });

  it('changes nothing when a migration fails', async () => {
    const fresh = await freshDatabase('failing');
    const path = join(migrations(), await first(), 'migration.sql');
    const good = await readFile(path, 'utf8');
    await writeFile(path, `${good}\nSELECT nonsense;`);
    const options = { url: fresh, module: 'trial', folder };
    await expect(applyMigrations(options)).rejects.toThrow('column "nonsense" does not exist');
    await writeFile(path, good);
    expect(await applyMigrations(options)).toEqual([await first()]);
  });

  it('finds no difference between the migrated database and its schema, and one that was made', async () => {
    expect(await diffIsEmpty({ url, module: 'trial', folder })).toBe(true);
    await addRoomName();
    expect(await diff({ url, module: 'trial', folder })).toContain(
      'ALTER TABLE "Room" ADD COLUMN     "name" TEXT',
    );
  });

  it('writes the missing migration, after which none is missing', async () => {
    const scratch = { url: trial.adminUrl, module: 'trial', folder };
    expect(await createMigration(scratch, 'nothing')).toBeUndefined();
    await addRoomName();
    const path = await createMigration(scratch, 'add_room_name');
    expect(path).toMatch(/trial\/migrations\/\d{14}_add_room_name\/migration\.sql$/);
    expect(await readFile(path!, 'utf8')).not.toContain('"trial"');
    expect(await missingSql(scratch)).toBe('');
  });

  it.each(databaseModules)('lacks no migration of %s', async (module) => {
    expect(await missingSql({ url: trial.adminUrl, module })).toBe('');
  });
});

describe('the tables that every module has', () => {
  const models = async (path: string): Promise<string[]> => {
    const schema = await readFile(path, 'utf8');
    return ['Event', 'Heard', 'Lease'].map((name) => {
      const [model] = new RegExp(`^model ${name} \\{[^}]*^\\}`, 'm').exec(schema) ?? [];
      return model!.replaceAll(/^\s*\/\/\/.*\n/gm, '');
    });
  };

  it.each(databaseModules)('are the same in %s as in the specs of this library', async (module) => {
    const expected = await models(join(trialFolder, 'trial', 'schema.prisma'));
    expect(await models(join(trialFolder, '..', '..', '..', 'prisma', module, 'schema.prisma'))).toEqual(
      expected,
    );
  });
});
