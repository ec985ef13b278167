import { defineConfig } from 'prisma/config';

/**
 * One configuration for every module: say which with `--schema prisma/<module>/schema.prisma`; its migrations lie beside it.
 * Only `prisma migrate deploy` and friends connect; they take the migrator's URL, which names the module's
 * Postgres schema: `DATABASE_URL=postgres://migrator:…@host/ganglion?schema=session_queue`.
 */
export default defineConfig({
  datasource: { url: process.env['DATABASE_URL'] ?? '' },
});
