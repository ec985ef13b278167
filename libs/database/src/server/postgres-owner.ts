import { readFile, stat } from 'node:fs/promises';
import { userInfo } from 'node:os';
import { dirname } from 'node:path';

/** Under whom PostgreSQL runs: it refuses to run as root. */
export interface PostgresOwner {
  uid: number;
  gid: number;
}

/** Undefined unless we are root; then the user `postgres`, or `nobody` where there is none. */
export const postgresOwner = async (): Promise<PostgresOwner | undefined> => {
  if (userInfo().uid !== 0) return undefined;
  const users = (await readFile('/etc/passwd', 'utf8')).split('\n').map((line) => line.split(':'));
  const user = users.find(([name]) => name === 'postgres') ?? users.find(([name]) => name === 'nobody');
  if (!user)
    throw new Error('PostgreSQL refuses to run as root, and there is no user "postgres" or "nobody"');
  return { uid: Number(user[2]), gid: Number(user[3]) };
};

const canEnter = async (folder: string, owner: PostgresOwner): Promise<boolean> => {
  const { mode, uid, gid } = await stat(folder);
  if (uid === owner.uid) return (mode & 0o100) !== 0;
  if (gid === owner.gid) return (mode & 0o010) !== 0;
  return (mode & 0o001) !== 0;
};

/** Can this user reach the path through all the folders above it? */
export const canReach = async (path: string, owner: PostgresOwner): Promise<boolean> => {
  for (let folder = dirname(path); ; folder = dirname(folder)) {
    if (!(await canEnter(folder, owner))) return false;
    if (folder === dirname(folder)) return true;
  }
};

/** Of util-linux, which every common distribution has. */
const SETPRIV = '/usr/bin/setpriv';

/**
 * The start of a command line that runs a program as this user, and lets it through folders that only root may enter
 * (a clone below /root, a private temporary folder): PostgreSQL looks at its user id, not at its capabilities.
 */
export const throughClosedFolders = ({ uid, gid }: PostgresOwner): string[] => [
  SETPRIV,
  `--reuid=${uid}`,
  `--regid=${gid}`,
  '--clear-groups',
  '--inh-caps=+dac_override',
  '--ambient-caps=+dac_override',
  // Without it access(2), with which PostgreSQL looks for its own programs, ignores the capability.
  '--securebits=+no_setuid_fixup',
];
