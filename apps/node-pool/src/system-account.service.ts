import { setTimeout as delay } from 'node:timers/promises';
import { inboxPrefix } from '@ganglion/contracts';
import { parseCredentials, persist } from '@ganglion/messaging';
import type { Msg, NatsConnection } from '@nats-io/nats-core';
import { connect, jwtAuthenticator } from '@nats-io/transport-node';
import { z } from 'zod';
import { type Connection, Connections } from './connections.js';

const advisory = z.object({
  server: z.object({ id: z.string() }),
  client: z.object({ id: z.number(), user: z.string() }),
});
const census = z.object({
  data: z.object({
    server_id: z.string(),
    connections: z.array(z.object({ cid: z.number(), authorized_user: z.string().optional() })).optional(),
  }),
});
const claimsReply = z.object({
  data: z.object({ message: z.string().optional() }).optional(),
  error: z.object({ description: z.string() }).optional(),
});

const CENSUS_PAGE = 200;
const CENSUS_WAIT_MS = 1_000;
/** Miners try to come back about twice a second; on a machine under load that takes some tries. */
const RETURN_MS = 8_000;
const isNode = (user: string | undefined): user is string => user?.startsWith('U') === true;

export interface ConnectionHearer {
  /** A node opened a connection. */
  connected(nodeId: string): void;
  /** A node's last connection is gone. */
  disconnected(nodeId: string): void;
  /** Our own connection was lost, and is back. */
  reconnected(): void;
  failed(error: unknown): void;
}

export interface SystemAccountOptions {
  servers: string[];
  /** Contents of the system user's credentials file. */
  creds: string;
  /** The network's account, whose connections are watched. */
  account: string;
}

/**
 * What the broker's system account tells: connections as they open and close (within milliseconds, the fastest
 * failure detector there is), and the way to change the account's claims.
 */
export class SystemAccount {
  readonly #connections = new Connections();
  #nats: NatsConnection | undefined;

  constructor(private readonly options: SystemAccountOptions) {}

  /** Connects and listens until `close`; after a lost connection it counts anew. */
  async listen(hearer: ConnectionHearer): Promise<void> {
    const { servers, creds, account } = this.options;
    const { jwt, seed } = parseCredentials(creds);
    const dial = (): Promise<NatsConnection> =>
      connect({
        servers,
        name: 'node-pool-system',
        inboxPrefix: inboxPrefix('node-pool'),
        authenticator: jwtAuthenticator(jwt, seed),
        maxReconnectAttempts: -1,
        reconnectTimeWait: 100,
        reconnectJitter: 400,
        ignoreAuthErrorAbort: true,
      });
    const nats = await persist(dial, { failed: (error) => hearer.failed(error) });
    this.#nats = nats;
    nats.subscribe(`$SYS.ACCOUNT.${account}.CONNECT`, {
      callback: (error, msg) => {
        const connection = error ? undefined : readAdvisory(msg);
        if (!connection) return;
        this.#connections.opened(connection);
        hearer.connected(connection.nodeId);
      },
    });
    nats.subscribe(`$SYS.ACCOUNT.${account}.DISCONNECT`, {
      callback: (error, msg) => {
        const connection = error ? undefined : readAdvisory(msg);
        if (connection && this.#connections.closed(connection)) hearer.disconnected(connection.nodeId);
      },
    });
    void this.countAfterReconnects(nats, hearer);
    await this.count(nats, hearer);
  }

  /** When our connection was cut, so were those of the nodes: whoever is not back after a while is gone. */
  private async countAfterReconnects(nats: NatsConnection, hearer: ConnectionHearer): Promise<void> {
    for await (const { type } of nats.status()) {
      if (type !== 'reconnect') continue;
      hearer.reconnected();
      await delay(RETURN_MS);
      if (!nats.isClosed()) await this.count(nats, hearer);
    }
  }

  private async count(nats: NatsConnection, hearer: ConnectionHearer): Promise<void> {
    this.#connections.startCensus();
    try {
      const gone = this.#connections.finishCensus(await this.census(nats));
      for (const nodeId of gone) hearer.disconnected(nodeId);
    } catch (error) {
      this.#connections.dropCensus();
      hearer.failed(error);
    }
  }

  /** All connections of the account, page by page, from every server of the cluster. */
  private async census(nats: NatsConnection): Promise<Connection[]> {
    const subject = `$SYS.REQ.ACCOUNT.${this.options.account}.CONNZ`;
    const found: Connection[] = [];
    for (let offset = 0, isFull = true; isFull; offset += CENSUS_PAGE) {
      isFull = false;
      const ask = { auth: true, limit: CENSUS_PAGE, offset };
      const replies = await nats.requestMany(subject, JSON.stringify(ask), {
        strategy: 'stall',
        stall: 200,
        maxWait: CENSUS_WAIT_MS,
      });
      for await (const reply of replies) {
        const { server_id, connections = [] } = census.parse(reply.json()).data;
        isFull ||= connections.length === CENSUS_PAGE;
        for (const { cid, authorized_user: user } of connections) {
          if (isNode(user)) found.push({ nodeId: user, key: `${server_id}/${cid}` });
        }
      }
    }
    return found;
  }

  /** Is the node connected, as far as we know? */
  isConnected(nodeId: string): boolean {
    return this.#connections.has(nodeId);
  }

  /** Hands the broker new claims of the account. Throws when it does not take them. */
  async updateClaims(jwt: string): Promise<void> {
    if (!this.#nats) throw new Error('the system account is not connected');
    const reply = await this.#nats.request('$SYS.REQ.CLAIMS.UPDATE', jwt, { timeout: 5_000 });
    const { error } = claimsReply.parse(reply.json());
    if (error) throw new Error(`the broker refused the account's claims: ${error.description}`);
  }

  async close(): Promise<void> {
    await this.#nats?.close();
  }
}

/** Advisories of other clients than users with a key are of no interest. */
const readAdvisory = (msg: Msg): Connection | undefined => {
  const parsed = advisory.safeParse(JSON.parse(msg.string()));
  if (!parsed.success || !isNode(parsed.data.client.user)) return undefined;
  const { server, client } = parsed.data;
  return { nodeId: client.user, key: `${server.id}/${client.id}` };
};
