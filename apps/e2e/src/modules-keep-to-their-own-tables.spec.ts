import { databaseModules } from '@ganglion/contracts';
import { schemaName } from '@ganglion/database';
import { NetworkAddress } from '@ganglion/testkit';
import { connectAs, rowsOf } from './rows.fixture.js';

const REFUSED = { code: '42501' };

/** The tables of every module's schema, as `"schema"."Table"`. */
const tablesByModule = async (network: NetworkAddress): Promise<Map<string, string[]>> => {
  const sql = 'SELECT schemaname AS schema, tablename AS name FROM pg_tables ORDER BY 1, 2';
  const tables = await rowsOf<{ schema: string; name: string }>(network, sql);
  return new Map(
    databaseModules.map((module) => [
      module,
      tables
        .filter(({ schema }) => schema === schemaName(module))
        .map(({ schema, name }) => `"${schema}"."${name}"`),
    ]),
  );
};

describe.each(databaseModules)('the database role of %s', (module) => {
  let network: NetworkAddress;
  let tables: Map<string, string[]>;
  beforeAll(async () => {
    network = await NetworkAddress.shared();
    tables = await tablesByModule(network);
  });

  it('reads its own tables', async () => {
    await using client = await connectAs(network, module);
    const own = tables.get(module)!.filter((table) => !table.includes('_prisma_migrations'));
    expect(own.length).toBeGreaterThan(3);
    for (const table of own) await client.query(`SELECT 1 FROM ${table} LIMIT 1`);
  });

  it.each(databaseModules.filter((other) => other !== module))(
    'is refused every table of %s',
    async (other) => {
      await using client = await connectAs(network, module);
      expect(tables.get(other)!.length).toBeGreaterThan(3);
      for (const table of tables.get(other)!) {
        for (const sql of [`SELECT 1 FROM ${table} LIMIT 1`, `DELETE FROM ${table}`, `TRUNCATE ${table}`])
          await expect(client.query(sql)).rejects.toMatchObject(REFUSED);
      }
    },
  );

  it('can neither change its tables nor make others', async () => {
    await using client = await connectAs(network, module);
    const schema = schemaName(module);
    for (const sql of [
      `CREATE TABLE "${schema}".own (id int)`,
      'CREATE SCHEMA own',
      `DROP TABLE "${schema}"."Event"`,
    ])
      await expect(client.query(sql)).rejects.toMatchObject(REFUSED);
  });
});
