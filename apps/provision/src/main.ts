import { provideKeys } from './keys.js';
import { readKeysSettings, readServersSettings } from './provision.config.js';
import { provideBroker, provideServers } from './servers.js';

const USAGE = `Usage: provision keys | servers | broker

  keys      before the servers start: makes every secret and the configuration of nats-server; keeps what is there
  servers   when the servers run: database, roles, migrations, streams, durable consumers, buckets; updates what changed
  broker    the broker's part of servers alone

Environment of all:
  DATA_DIR              where the network keeps its files             (.ganglion)
  SECRETS_DIR           one folder of secrets per module              (DATA_DIR/secrets)
Environment of keys:
  NATS_HOST, NATS_PORT  where nats-server listens                     (127.0.0.1, 4222)
  NATS_WEBSOCKET_PORT   its WebSocket listener                        (none)
  NATS_MONITOR_PORT     its HTTP monitoring                           (none)
  NATS_CONF             the configuration file to write               (DATA_DIR/nats/nats.conf)
  NATS_STORE_DIR        JetStream's files, as the server sees them    (DATA_DIR/nats/jetstream)
  NATS_RESOLVER_DIR     account JWTs, as the server sees them         (DATA_DIR/nats/jwt)
  PUBLIC_URL            where clients reach the router                (http://127.0.0.1:8080)
Environment of servers and broker:
  NATS_URL              the broker, or several with commas            (nats://127.0.0.1:4222)
  DATABASE_URL          PostgreSQL as its superuser, without password (postgres://postgres@127.0.0.1:5432/ganglion)
  WAIT_SECONDS          how long to wait for the servers              (60)
`;

const run = async (command: string | undefined): Promise<number> => {
  switch (command) {
    case 'keys':
      await provideKeys(readKeysSettings());
      return 0;
    case 'servers':
      await provideServers(readServersSettings());
      return 0;
    case 'broker':
      await provideBroker(readServersSettings());
      return 0;
    case '--help':
    case '-h':
      process.stdout.write(USAGE);
      return 0;
    default:
      process.stderr.write(`${command ? `Unknown command "${command}".` : 'Which command?'}\n\n${USAGE}`);
      return 2;
  }
};

try {
  process.exitCode = await run(process.argv[2]);
} catch (error) {
  process.stderr.write(
    `provision ${process.argv[2]} failed: ${error instanceof Error ? error.message : String(error)}\n`,
  );
  process.exitCode = 1;
}
