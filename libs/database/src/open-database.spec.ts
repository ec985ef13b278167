import { once } from 'node:events';
import { type AddressInfo, createServer, type Server } from 'node:net';
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

/** A message of the Postgres protocol: a letter, the length with itself, the content. */
const message = (type: string, content: Buffer): Buffer => {
  const head = Buffer.alloc(5);
  head.write(type);
  head.writeInt32BE(content.length + 4, 1);
  return Buffer.concat([head, content]);
};
const ended = 'SFATAL\0VFATAL\0C57P01\0Mterminating connection due to administrator command\0\0';

describe('a connection that its server ends in the moment it is ready', () => {
  let server: Server;
  beforeEach(async () => {
    server = createServer((socket) => {
      socket.on('error', () => {});
      const welcome = [message('R', Buffer.alloc(4)), message('Z', Buffer.from('I'))];
      socket.once('data', () => socket.end(Buffer.concat([...welcome, message('E', Buffer.from(ended))])));
    });
    await once(server.listen(0, '127.0.0.1'), 'listening');
  });
  afterEach(() => server.close());

  it.each(['query', 'transaction'])('fails its %s, and ends no process', async (kind) => {
    const { port } = server.address() as AddressInfo;
    const url = `postgres://trial@127.0.0.1:${port}/ganglion`;
    const client = openDatabase(PrismaClient, { url, schema: 'trial' });
    const work = kind === 'query' ? client.$queryRaw`SELECT 1` : client.$transaction(async () => {});
    await expect(work).rejects.toThrow(/not queryable|terminat/);
    await client.$disconnect();
  });
});

describe('schemaName', () => {
  it('makes a Postgres name of a module’s', () => {
    expect(schemaName('session-queue')).toBe('session_queue');
    expect(schemaName('session_queue')).toBe('session_queue');
  });
});
