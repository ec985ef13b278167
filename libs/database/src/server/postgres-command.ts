import { postgresBinaries } from './postgres-binaries.js';
import { canReach, postgresOwner, throughClosedFolders } from './postgres-owner.js';

export interface PostgresCommand {
  command: string;
  args: string[];
  /** The user to run as; undefined for the present one. */
  uid?: number;
  gid?: number;
}

/** How `initdb` or `postgres` is run here on a cluster's folder, which must be there and belong to `postgresOwner`. */
export const postgresCommand = async (
  program: 'initdb' | 'postgres',
  cluster: string,
  args: readonly string[],
): Promise<PostgresCommand> => {
  const file = postgresBinaries()[program];
  const all = ['-D', cluster, ...args];
  const owner = await postgresOwner();
  if (!owner) return { command: file, args: all };
  const isOpen = (await canReach(file, owner)) && (await canReach(cluster, owner));
  if (isOpen) return { command: file, args: all, ...owner };
  const [command, ...rights] = throughClosedFolders(owner) as [string, ...string[]];
  return { command, args: [...rights, file, ...all] };
};
