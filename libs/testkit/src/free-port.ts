import { createServer } from 'node:net';

const listens = (port: number, host: string): Promise<number> =>
  new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(port, host, () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address ? address.port : port));
    });
  });

/** Is this port free on this host? */
export const isPortFree = (port: number, host = '127.0.0.1'): Promise<boolean> =>
  listens(port, host).then(
    () => true,
    () => false,
  );

const given = new Set<number>();

/** A port that is free now and that this process has not given out before. */
export const freePort = async (): Promise<number> => {
  for (;;) {
    const port = await listens(0, '127.0.0.1');
    if (given.has(port)) continue;
    given.add(port);
    return port;
  }
};

/** The wished port if it is free, else another one. */
export const preferPort = async (wished: number | undefined): Promise<number> =>
  wished !== undefined && (await isPortFree(wished)) ? wished : freePort();
