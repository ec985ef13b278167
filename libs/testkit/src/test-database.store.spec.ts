import pg from 'pg';
import { testDatabase } from './test-database.js';

describe('testDatabase', () => {
  it('gives each caller an empty, migrated database and the client of its module', async () => {
    await using one = await testDatabase('session');
    await using two = await testDatabase('session');
    const row = { eventId: '0192f0c1-2345-7abc-8def-0123456789ab', at: new Date() };
    await one.client.heard.create({ data: row });
    expect(await one.client.heard.count()).toBe(1);
    expect(await two.client.heard.count()).toBe(0);
  });

  it('connects as the role of the module, which may not change its tables', async () => {
    await using db = await testDatabase('session');
    await expect(db.client.$executeRawUnsafe('DROP TABLE "Heard"')).rejects.toThrow(/owner/);
  });

  it('leaves nothing behind', async () => {
    const db = await testDatabase('session');
    await db[Symbol.asyncDispose]();
    await expect(new pg.Client({ connectionString: db.superuserUrl }).connect()).rejects.toThrow(
      /does not exist/,
    );
  });
});
