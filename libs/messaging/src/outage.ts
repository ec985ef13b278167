import { Fault } from '@ganglion/contracts';

/** Prisma: cannot be reached, timed out, closed the connection, no connection of the pool in time, no transaction. */
const prismaCodes = new Set(['P1001', 'P1002', 'P1008', 'P1017', 'P2024', 'P2028']);
/** SQLSTATE: connection exceptions, a server that ends or starts, one that has no connection left. */
const sqlStates = /^(08|57P0|53300)/;
const driverKinds = new Set([
  'DatabaseNotReachable',
  'ConnectionClosed',
  'SocketTimeout',
  'TooManyConnections',
]);
/** What the driver throws without any code. */
const driverWords =
  /Client has encountered a connection error|Connection terminated|timeout exceeded when trying to connect/;
/** The broker's client: no answer in time, or no connection. */
const brokerNames = new Set([
  'TimeoutError',
  'NoRespondersError',
  'RequestError',
  'ConnectionError',
  'ClosedConnectionError',
  'DrainingConnectionError',
]);
const socketCodes = new Set(['ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'ETIMEDOUT']);

interface Known {
  name?: unknown;
  code?: unknown;
  message?: unknown;
  meta?: { driverAdapterError?: { cause?: { kind?: unknown; originalCode?: unknown } } };
}

/**
 * Is this the error of a server or module that is away, rather than a bug? Then the same again may succeed later.
 * Known by its marks, whatever library threw it.
 */
export const isOutage = (error: unknown): boolean => {
  if (error instanceof Fault) return error.code === 'UNAVAILABLE';
  if (typeof error !== 'object' || error === null) return false;
  const { name, code, message, meta } = error as Known;
  const { kind, originalCode } = meta?.driverAdapterError?.cause ?? {};
  return (
    brokerNames.has(String(name)) ||
    prismaCodes.has(String(code)) ||
    socketCodes.has(String(code)) ||
    driverKinds.has(String(kind)) ||
    sqlStates.test(String(originalCode)) ||
    driverWords.test(String(message))
  );
};
