import { jest } from '@jest/globals';
import { Trial } from '../trial.fixture.js';
import { withConnection } from './connect.js';
import { prepareRoles } from './prepare-roles.js';

jest.setTimeout(60_000);

describe('roles on a real server', () => {
  let trial: Trial;
  beforeAll(async () => {
    trial = await Trial.start();
    await as('migrator', 'm', 'CREATE TABLE neighbour.secret (word text)');
    await as('neighbour', 'n', `INSERT INTO secret VALUES ('mine')`);
  });
  afterAll(() => trial[Symbol.asyncDispose]());

  const as = (role: string, password: string, sql: string): Promise<unknown[]> =>
    withConnection({ url: trial.urlOf(role, password) }, async (client) => (await client.query(sql)).rows);
  const asTrial = (sql: string) => as('trial', 't', sql);

  it('lets a module read and write its own tables', async () => {
    await asTrial(`INSERT INTO "Heard" VALUES ('e', '2026-01-01')`);
    await asTrial(`UPDATE "Heard" SET at = '2026-01-02'`);
    expect(await asTrial(`SELECT "eventId" FROM trial."Heard"`)).toEqual([{ eventId: 'e' }]);
    expect(await asTrial(`DELETE FROM "Heard" RETURNING "eventId"`)).toEqual([{ eventId: 'e' }]);
  });

  it.each([
    ['read another’s tables', 'SELECT * FROM neighbour.secret'],
    ['write another’s tables', `INSERT INTO neighbour.secret VALUES ('theirs')`],
    ['make tables in its own schema', 'CREATE TABLE mine (word text)'],
    ['change its own tables', 'ALTER TABLE "Lamp" ADD COLUMN word text'],
    ['empty its own tables by TRUNCATE', 'TRUNCATE "Lamp"'],
    ['make tables in public', 'CREATE TABLE public.mine (word text)'],
    ['make temporary tables', 'CREATE TEMPORARY TABLE mine (word text)'],
    ['make schemas', 'CREATE SCHEMA mine'],
    ['become the migrator', 'SET ROLE migrator'],
    ['become another module', 'SET ROLE neighbour'],
    ['rewrite its migrations', 'DELETE FROM _prisma_migrations'],
  ])('does not let a module %s', async (_what, sql) => {
    await expect(asTrial(sql)).rejects.toMatchObject({ code: '42501' });
  });

  it('lets nobody else connect to the database', async () => {
    await withConnection({ url: trial.adminUrl }, (client) =>
      client.query(`CREATE ROLE stranger LOGIN PASSWORD 's'`),
    );
    await expect(as('stranger', 's', 'SELECT 1')).rejects.toThrow('permission denied for database');
  });

  it('prepares again without losing anything, and replaces a password', async () => {
    const passwords = { migrator: 'm', trial: 't', neighbour: `o'brien` };
    await prepareRoles({ url: trial.adminUrl, modules: ['trial', 'neighbour'], passwords });
    await expect(as('neighbour', 'n', 'SELECT 1')).rejects.toThrow('password authentication failed');
    expect(await as('neighbour', `o'brien`, 'SELECT word FROM secret')).toEqual([{ word: 'mine' }]);
    await expect(asTrial('DELETE FROM _prisma_migrations')).rejects.toMatchObject({ code: '42501' });
  });

  it('names the password that is missing', async () => {
    const preparing = prepareRoles({ url: trial.adminUrl, modules: ['trial'], passwords: { migrator: 'm' } });
    await expect(preparing).rejects.toThrow('passwords: there is none for trial');
  });
});
