import { createHash } from 'node:crypto';
import { mkdirSync, realpathSync, rmSync } from 'node:fs';
import { createConnection, createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/**
 * Takes a folder for this process alone, until it ends: one key is one node, and a second miner with the same key
 * would take half of the first one's orders. The lock is a listening socket, because unlike a file with a process id
 * it cannot outlive its process, nor be taken for another's in a restarted container.
 * @throws Error when another process has it
 */
export const lockFolder = async (folder: string): Promise<{ unlock: () => void }> => {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  // The path of a socket may have about a hundred characters; a folder's may have more.
  const name = createHash('sha256').update(realpathSync(folder)).digest('hex').slice(0, 16);
  const path = join(tmpdir(), `ganglion-miner-${name}.lock`);
  const server = (await listen(path)) ?? (await replaceDead(path, folder));
  server.unref();
  return { unlock: () => server.close() };
};

/** Undefined when something is at the path. */
const listen = (path: string): Promise<Server | undefined> =>
  new Promise((resolve, reject) => {
    const server = createServer((socket) => socket.destroy());
    server.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EADDRINUSE') resolve(undefined);
      else reject(error);
    });
    server.listen(path, () => resolve(server));
  });

const replaceDead = async (path: string, folder: string): Promise<Server> => {
  const isAlive = await new Promise<boolean>((resolve) => {
    const socket = createConnection(path, () => (socket.destroy(), resolve(true)));
    socket.once('error', () => resolve(false));
  });
  if (!isAlive) rmSync(path, { force: true });
  const server = isAlive ? undefined : await listen(path);
  if (server) return server;
  throw new Error(`${folder} is used by another miner: stop that one, or give this one its own --data`);
};
