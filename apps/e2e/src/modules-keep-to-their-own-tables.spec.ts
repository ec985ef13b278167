import { databaseModules } from '@ganglion/contracts';
import { schemaName } from '@ganglion/database';
import { NetworkAddress } from '@ganglion/testkit';
import { rowsOf } from './rows.fixture.js';

const PERMISSION_DENIED = '42501';

describe('the database roles', () => {
  let network: NetworkAddress;
  beforeAll(async () => {
    network = await NetworkAddress.shared();
  });

  const tablesOf = async (module: (typeof databaseModules)[number]): Promise<string[]> => {
    const sql = 'SELECT tablename AS name FROM pg_tables WHERE schemaname = $1 ORDER BY 1';
    const tables = await rowsOf<{ name: string }>(network, sql, { values: [schemaName(module)] });
    return tables.map(({ name }) => `"${schemaName(module)}"."${name}"`);
  };

  it.each(databaseModules)('let %s use its own tables', async (module) => {
    const tables = await tablesOf(module);
    const own = tables.filter((table) => !table.includes('_prisma_migrations'));
    expect(own.length).toBeGreaterThan(3);
    for (const table of own) await rowsOf(network, `SELECT 1 FROM ${table} LIMIT 1`, { as: module });
  });

  const pairs = databaseModules.flatMap((module) =>
    databaseModules.filter((other) => other !== module).map((other) => [module, other] as const),
  );
  it.each(pairs)('refuse %s every table of %s', async (module, other) => {
    for (const table of await tablesOf(other)) {
      for (const sql of [`SELECT 1 FROM ${table} LIMIT 1`, `DELETE FROM ${table}`, `TRUNCATE ${table}`])
        await expect(rowsOf(network, sql, { as: module })).rejects.toMatchObject({ code: PERMISSION_DENIED });
    }
  });

  it.each(databaseModules)('let %s neither change its schema nor make another', async (module) => {
    const schema = schemaName(module);
    for (const sql of [
      `CREATE TABLE "${schema}".own (id int)`,
      `CREATE SCHEMA own`,
      `DROP TABLE "${schema}"."Event"`,
    ])
      await expect(rowsOf(network, sql, { as: module })).rejects.toMatchObject({ code: PERMISSION_DENIED });
  });
});
