import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { testkit } from './testkit.mjs';

/** One PostgreSQL for all specs of this run; each takes a database of its own in it. */
export default async () => {
  if (process.env.GANGLION_TEST_POSTGRES) return;
  const { Postgres, freePort } = await testkit();
  const folder = await mkdtemp(join(tmpdir(), 'ganglion-test-postgres-'));
  const server = await Postgres.start({
    directory: join(folder, 'postgres'),
    port: await freePort(),
    password: 'of-a-test',
    logFile: join(folder, 'postgres.log'),
    isDurable: false,
  });
  process.env.GANGLION_TEST_POSTGRES = server.url();
  globalThis.ganglionTestPostgres = { server, folder };
};
