import { PrismaClient } from './generated/trial/client.js';
import { openDatabase } from './open-database.js';
import { schemaName } from './schema-name.js';

describe('openDatabase', () => {
  const url = 'postgres://trial@127.0.0.1/ganglion';

  it('names the schema or URL that cannot be used', () => {
    expect(() => openDatabase(PrismaClient, { url, schema: 'x; DROP' })).toThrow(
      '"x; DROP" is no module name',
    );
    expect(() => openDatabase(PrismaClient, { url: 'mysql://host/db', schema: 'trial' })).toThrow(
      'url: must start with postgres://',
    );
  });

  it('does not connect before it is used', async () => {
    const client = openDatabase(PrismaClient, {
      url: 'postgres://trial@127.0.0.1:1/ganglion',
      schema: 'trial',
    });
    await expect(client.lamp.count()).rejects.toThrow("Can't reach database server");
    await client.$disconnect();
  });
});

describe('schemaName', () => {
  it('makes a Postgres name of a module’s', () => {
    expect(schemaName('session-queue')).toBe('session_queue');
    expect(schemaName('session_queue')).toBe('session_queue');
  });
});
