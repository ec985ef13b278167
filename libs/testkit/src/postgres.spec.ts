import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { freePort } from './free-port.js';
import { Postgres } from './postgres.js';

describe('the embedded PostgreSQL', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'ganglion-spec-'));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  const query = async (url: string, sql: string): Promise<unknown[]> => {
    const client = new pg.Client({ connectionString: url });
    await client.connect();
    try {
      return (await client.query(sql)).rows;
    } finally {
      await client.end();
    }
  };

  it('runs in a folder that only its maker may enter, and finds its data again', async () => {
    await chmod(folder, 0o700);
    const options = {
      directory: join(folder, 'closed', 'postgres'),
      port: await freePort(),
      password: 'secret-of-the-spec',
      logFile: join(folder, 'postgres.log'),
      isDurable: false,
    };
    const first = await Postgres.start(options);
    try {
      await query(first.url(), 'CREATE TABLE kept (value int); INSERT INTO kept VALUES (7)');
    } finally {
      await first.stop();
    }
    const second = await Postgres.start(options);
    try {
      expect(await query(second.url(), 'SELECT value FROM kept')).toEqual([{ value: 7 }]);
      await expect(query(second.url().replace('secret-of', 'guess-of'), 'SELECT 1')).rejects.toThrow(
        /password/,
      );
    } finally {
      await second.stop();
    }
    expect(second.isRunning).toBe(false);
  }, 60_000);
});
