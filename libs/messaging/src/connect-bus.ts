import { inboxPrefix } from '@ganglion/contracts';
import type { NatsConnection } from '@nats-io/nats-core';
import { connect, jwtAuthenticator } from '@nats-io/transport-node';
import { Bus } from './bus.js';
import { persist } from './persist.js';

export interface BusOptions {
  servers: string | string[];
  /** A module's name, or a miner's node id: replies arrive below `_INBOX.<name>`. */
  name: string;
  /** The JWT is asked for on every (re)connection, so a renewed one is used as soon as it is there. */
  credentials?: { jwt: () => string; seed: Uint8Array };
}

/** Connects with endless, jittered reconnection; rejects only if the first connection cannot be made. */
export const connectBus = async (options: BusOptions): Promise<Bus> => new Bus(await dial(options));

/**
 * Connects, however long the broker is away: a service that is started before its servers waits for them. Every
 * failed try is told; what looks like a wrong credential may be a server that does not know its accounts yet.
 */
export const connectPatiently = async (
  options: BusOptions,
  failed: (error: unknown, tries: number) => void,
): Promise<Bus> => new Bus(await persist(() => dial(options), { failed }));

const dial = ({ servers, name, credentials }: BusOptions): Promise<NatsConnection> =>
  connect({
    servers,
    name,
    inboxPrefix: inboxPrefix(name),
    maxReconnectAttempts: -1,
    reconnectTimeWait: 100,
    reconnectJitter: 400,
    ignoreAuthErrorAbort: true,
    pingInterval: 20_000,
    ...(credentials ? { authenticator: jwtAuthenticator(credentials.jwt, credentials.seed) } : {}),
  });
