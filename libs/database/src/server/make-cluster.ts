import { execFile } from 'node:child_process';
import { chown, mkdir, mkdtemp, rename, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { postgresCommand } from './postgres-command.js';
import { postgresOwner } from './postgres-owner.js';

const run = promisify(execFile);

export interface ClusterOptions {
  /** The cluster's folder. */
  directory: string;
  /** Of the superuser `postgres`, for a cluster made now. */
  password: string;
  /** False: nothing is flushed to disk; fast, and lost with the machine. For tests. */
  isDurable: boolean;
}

/** The same everywhere, whatever the machine's language. */
const locale = ['--encoding=UTF8', '--no-locale', '--locale-provider=builtin', '--builtin-locale=C.UTF-8'];

/**
 * Makes a PostgreSQL cluster unless it is there; beside its place first, so that a crash in the middle leaves nothing
 * that looks like one.
 */
export const makeCluster = async ({ directory, password, isDurable }: ClusterOptions): Promise<void> => {
  const isThere = await stat(join(directory, 'PG_VERSION')).then(
    () => true,
    () => false,
  );
  if (isThere) return;
  await mkdir(dirname(directory), { recursive: true });
  const beside = `${directory}.new`;
  await rm(beside, { recursive: true, force: true });
  await mkdir(beside, { mode: 0o700 });
  const secrets = await mkdtemp(join(tmpdir(), 'ganglion-pg-'));
  const passwordFile = join(secrets, 'password');
  try {
    await writeFile(passwordFile, password, { mode: 0o600 });
    const owner = await postgresOwner();
    for (const path of [beside, secrets, passwordFile]) if (owner) await chown(path, owner.uid, owner.gid);
    const flags = ['-U', 'postgres', `--pwfile=${passwordFile}`, '--auth=scram-sha-256', ...locale];
    const { command, args, ...user } = await postgresCommand('initdb', beside, [
      ...flags,
      ...(isDurable ? [] : ['--no-sync']),
    ]);
    await run(command, args, user);
  } finally {
    await rm(secrets, { recursive: true, force: true });
  }
  await rename(beside, directory);
};

/** The command-line options of a server on this port of this machine. */
export const serverFlags = (port: number, isDurable: boolean): string[] => {
  const settings = {
    listen_addresses: '127.0.0.1',
    unix_socket_directories: '',
    max_connections: '300',
    ...(isDurable ? {} : fast),
  };
  return [
    '-p',
    String(port),
    ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]),
  ];
};

const fast = {
  fsync: 'off',
  synchronous_commit: 'off',
  full_page_writes: 'off',
  wal_level: 'minimal',
  max_wal_senders: '0',
};
