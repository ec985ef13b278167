import { readFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import {
  Fault,
  type Frame,
  type InputOf,
  type NodeRequest,
  nodePool,
  reputation,
  sessionQueue,
} from '@ganglion/contracts';
import { type Bus, connectBus, encodeFault, parseCredentials, parseWire } from '@ganglion/messaging';
import type { TestBroker } from '@ganglion/testkit';
import { type Account, decode, encodeUser } from '@nats-io/jwt';
import { fromPublic, fromSeed } from '@nats-io/nkeys';

/** What the HTTP side answers instead of a grant. */
export interface HttpAnswer {
  status: number;
  message: string;
}

export interface Heard<R extends NodeRequest> {
  nodeId: string;
  input: InputOf<R>;
}

/**
 * Everything a miner talks to, scripted: the router's two addresses, the pool and the queue, over a real broker with
 * the network's own keys and permissions.
 */
export class Counterpart implements AsyncDisposable {
  readonly precommits: Heard<typeof sessionQueue.precommit>[] = [];
  readonly parts: Heard<typeof sessionQueue.commit>[] = [];
  readonly beats: Heard<typeof nodePool.heartbeat>[] = [];
  readonly leaves: Heard<typeof nodePool.leave>[] = [];
  readonly measured: Heard<typeof reputation.measured>[] = [];
  renewals = 0;
  joins: InputOf<typeof nodePool.join>[] = [];
  /** Answers of the HTTP side, one per join, before it grants. */
  readonly refusals: HttpAnswer[] = [];
  /** What a precommit or commit is answered with instead, once each. */
  readonly faults: Fault[] = [];
  /** When a credential ends, as the miner is told (epoch ms by its clock), and as the broker knows (s from now). */
  tells: () => number = () => Date.now() + 3_600_000;
  lastsSeconds = 3_600;

  private constructor(
    readonly broker: TestBroker,
    private readonly buses: { queue: Bus; pool: Bus; scorer: Bus },
    private readonly http: Server,
    private readonly mint: (nodeId: string, seconds: number) => Promise<string>,
  ) {}

  static async open(broker: TestBroker): Promise<Counterpart> {
    const connect = async (name: 'session-queue' | 'node-pool' | 'reputation'): Promise<Bus> =>
      connectBus({
        servers: broker.url,
        name,
        credentials: parseCredentials(await broker.credentials(name)),
      });
    const [queue, pool, scorer] = await Promise.all([
      connect('session-queue'),
      connect('node-pool'),
      connect('reputation'),
    ]);
    const http = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        void here.serve(request.url ?? '', Buffer.concat(chunks).toString()).then(({ status, body }) => {
          response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
        });
      });
    });
    await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
    const mint = await minter(broker.secretsDir('node-pool'));
    const here = new Counterpart(broker, { queue, pool, scorer }, http, mint);
    here.answerAll();
    await Promise.all([queue, pool, scorer].map((bus) => bus.nats.flush()));
    return here;
  }

  /** The queue's own connection, to give orders with. */
  get queue(): Bus {
    return this.buses.queue;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.http.address() as AddressInfo).port}`;
  }

  /** The frames of a task as they come, in the order the broker delivers them. */
  async watch(taskId: string): Promise<Frame[]> {
    const frames: Frame[] = [];
    this.queue.feed(taskId, { frame: (_nodeId, frame) => void frames.push(frame) });
    await this.queue.nats.flush();
    return frames;
  }

  /** The revealed text of an attempt, once all its parts are there. */
  revealed(taskId: string): string | undefined {
    const parts = this.parts.filter(({ input }) => input.taskId === taskId).map(({ input }) => input);
    const whole = new Map(parts.map(({ part, data }) => [part, data]));
    if (whole.size === 0 || whole.size < parts[0]!.parts) return undefined;
    return [...whole.keys()]
      .sort((a, b) => a - b)
      .map((part) => whole.get(part))
      .join('');
  }

  private answerAll(): void {
    const { queue, pool, scorer } = this.buses;
    const inTurn = <T>(value: T): T => {
      const fault = this.faults.shift();
      if (fault) throw fault;
      return value;
    };
    answer(queue, sessionQueue.precommit, (heard) => {
      this.precommits.push(heard);
      return inTurn({ accepted: true });
    });
    answer(queue, sessionQueue.commit, (heard) => {
      this.parts.push(heard);
      return inTurn({ received: true });
    });
    answer(pool, nodePool.heartbeat, (heard) => {
      this.beats.push(heard);
      return { state: this.leaves.length > 0 ? 'DRAINING' : 'TESTING' };
    });
    answer(pool, nodePool.leave, (heard) => {
      this.leaves.push(heard);
      return { state: 'DRAINING' };
    });
    answer(pool, nodePool.renew, ({ nodeId }) => {
      this.renewals++;
      return this.grant(nodeId);
    });
    answer(scorer, reputation.measured, (heard) => {
      this.measured.push(heard);
      return { noted: true };
    });
  }

  private async grant(nodeId: string) {
    const jwt = await this.mint(nodeId, this.lastsSeconds);
    return { jwt, natsUrls: [this.broker.url], expiresAt: new Date(this.tells()).toISOString() };
  }

  private async serve(url: string, body: string): Promise<{ status: number; body: unknown }> {
    if (url === '/v1/nodes/nonce') {
      return { status: 200, body: { nonce: 'ab'.repeat(32), expiresAt: new Date().toISOString() } };
    }
    const input = nodePool.join.input.parse(JSON.parse(body));
    this.joins.push(input);
    const refusal = this.refusals.shift();
    if (!refusal) return { status: 200, body: await this.grant(input.nodeId) };
    const { status, message } = refusal;
    return { status, body: { error: { message, type: 'invalid_request_error', param: null, code: 'x' } } };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await new Promise<void>((resolve) => (this.http.closeAllConnections(), this.http.close(() => resolve())));
    await Promise.all(Object.values(this.buses).map((bus) => bus.close()));
  }
}

/** Answers a miner's requests of one kind, each parsed by its contract. */
const answer = <R extends NodeRequest>(bus: Bus, message: R, handle: (heard: Heard<R>) => unknown): void => {
  bus.nats.subscribe(message.subject, {
    callback: (_error, msg) => {
      void (async () => {
        try {
          const input = parseWire(message.input, msg) as InputOf<R>;
          msg.respond(JSON.stringify(await handle({ nodeId: msg.subject.split('.')[1] ?? '', input })));
        } catch (error) {
          const { data, options } = encodeFault(
            error instanceof Fault ? error : new Fault('INTERNAL', String(error)),
          );
          msg.respond(data, options);
        }
      })();
    },
  });
};

/** Mints credentials as node-pool does: with the scoped key whose template the broker fills in. */
const minter = async (secrets: string): Promise<(nodeId: string, seconds: number) => Promise<string>> => {
  const seed = (await readFile(join(secrets, 'miner-signing.seed'), 'utf8')).trim();
  const { sub } = decode<Account>((await readFile(join(secrets, 'account.jwt'), 'utf8')).trim());
  const signer = fromSeed(new TextEncoder().encode(seed));
  return (nodeId, seconds) => {
    const exp = Math.floor(Date.now() / 1_000) + seconds;
    return encodeUser(nodeId, fromPublic(nodeId), fromPublic(sub), {}, { signer, scopedUser: true, exp });
  };
};
