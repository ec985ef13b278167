import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';

/** Is this port free on this host? */
export const isPortFree = (port: number, host = '127.0.0.1'): Promise<boolean> =>
  new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, host, () => server.close(() => resolve(true)));
  });

/**
 * Below the ports that the system gives to connections of its own (from 32,768 on): nobody takes one of these between our look
 * and its server's start. Drawn, since other processes draw at the same time.
 */
const FIRST = 15_000;
const LAST = 32_000;
const TRIES = 1_000;

const given = new Set<number>();

/**
 * A port that is free now and that this process has not given out before.
 * @throws Error when none of many that were tried is free
 */
export const freePort = async (): Promise<number> => {
  for (let tries = 0; tries < TRIES; tries++) {
    const port = randomInt(FIRST, LAST);
    if (given.has(port) || !(await isPortFree(port))) continue;
    given.add(port);
    return port;
  }
  throw new Error(`none of ${TRIES} ports from ${FIRST} to ${LAST} that were tried is free`);
};

/** The wished port if it is free, else another one. */
export const preferPort = async (wished: number | undefined): Promise<number> =>
  wished !== undefined && (await isPortFree(wished)) ? wished : freePort();
