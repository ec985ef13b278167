import { type Verification, verifyReceipt } from '@ganglion/commitment';
import {
  cognitive,
  type completionParameters,
  hash,
  nodePool,
  type NodeState,
  type RoundView,
} from '@ganglion/contracts';
import { z } from 'zod';
import { Admin } from './admin.js';
import { Audits } from './audits.js';
import { ChatStream } from './chat-stream.js';
import { ClientSocket } from './client-socket.js';
import { type Answer, completionSchema, toAnswer } from './completion.js';
import { type CallOptions, Http, type HttpOptions } from './http.js';
import { Reputation } from './reputation.js';
import { type PageOptions, pageQuery, Sessions } from './sessions.js';
import { Tasks } from './tasks.js';

export type ChatParameters = Omit<z.input<typeof completionParameters>, 'stream' | 'stream_options'>;

const modelList = z.object({
  data: z.array(
    z.object({
      id: z.string(),
      ganglion: z.object({
        digest: hash,
        contextLength: z.int(),
        nodes: z.int(),
        aliases: z.array(z.string()).default([]),
      }),
    }),
  ),
});
const wellKnown = z.object({ network: z.object({ publicKey: hash }) });
const readiness = z.object({ ready: z.boolean(), checks: z.record(z.string(), z.boolean()) });

export interface Model {
  readonly id: string;
  readonly digest: string;
  readonly contextLength: number;
  /** Nodes that serve it now. */
  readonly nodes: number;
  readonly aliases: readonly string[];
}

/**
 * A client of one Ganglion network; runs in Node and in browsers.
 *
 * Every method throws `GanglionError`, or the signal's reason when it was aborted.
 */
export class Ganglion {
  readonly sessions: Sessions;
  readonly tasks: Tasks;
  readonly reputation: Reputation;
  readonly audits: Audits;
  readonly admin: Admin;
  readonly #http: Http;
  readonly #apiKey: string;

  /** @param options.url the router's address; `apiKey` is needed for all but `networkKey`, `verify` and `ready`. */
  constructor(options: HttpOptions) {
    this.#http = new Http(options);
    this.#apiKey = options.apiKey ?? '';
    this.sessions = new Sessions(this.#http);
    this.tasks = new Tasks(this.#http);
    this.reputation = new Reputation(this.#http);
    this.audits = new Audits(this.#http);
    this.admin = new Admin(this.#http, options.apiKey);
  }

  async models(options: CallOptions = {}): Promise<Model[]> {
    const { data } = await this.#http.json('/v1/models', modelList, options);
    return data.map(({ id, ganglion }) => ({ id, ...ganglion }));
  }

  /** A whole answer, built by the network from the validated commit. */
  async chat(parameters: ChatParameters, options: CallOptions = {}): Promise<Answer> {
    const body = { ...parameters, stream: false };
    return toAnswer(
      await this.#http.json('/v1/chat/completions', completionSchema, { ...options, method: 'POST', body }),
    );
  }

  /** An answer as it comes. Throws before the first piece if the request is refused. */
  async stream(parameters: ChatParameters, options: CallOptions = {}): Promise<ChatStream> {
    const body = { ...parameters, stream: true, stream_options: { include_usage: true } };
    const response = await this.#http.send('/v1/chat/completions', { ...options, method: 'POST', body });
    return new ChatStream(response, options.signal);
  }

  /** One socket.io connection for several tasks; close it when done. */
  socket(): ClientSocket {
    return new ClientSocket(this.#http.url, this.#apiKey);
  }

  nodes(paging: PageOptions & { state?: NodeState } = {}, options: CallOptions = {}) {
    return this.#http.json(`/v1/nodes${pageQuery(paging)}`, nodePool.list.output, options);
  }

  /** One node, with the states it was in. */
  node(nodeId: string, options: CallOptions = {}) {
    return this.#http.json(`/v1/nodes/${encodeURIComponent(nodeId)}`, nodePool.get.output, options);
  }

  /** Tests of nodes, the newest first. */
  rounds(paging: PageOptions = {}, options: CallOptions = {}) {
    return this.#http.json(`/v1/rounds${pageQuery(paging)}`, cognitive.list.output, options);
  }

  round(roundId: string, options: CallOptions = {}): Promise<RoundView> {
    return this.#http.json(`/v1/rounds/${encodeURIComponent(roundId)}`, cognitive.get.output, options);
  }

  /** The network's public key (Ed25519, hex), as its router tells it. */
  async networkKey(options: CallOptions = {}): Promise<string> {
    return (await this.#http.json('/.well-known/ganglion.json', wellKnown, options)).network.publicKey;
  }

  /** Checks a receipt. Offline when `publicKey` is given; otherwise the network is asked for its key. */
  async verify(
    receipt: unknown,
    { publicKey, ...options }: CallOptions & { publicKey?: string } = {},
  ): Promise<Verification> {
    return verifyReceipt(receipt, { publicKey: publicKey ?? (await this.networkKey(options)) });
  }

  /** Can the network answer right now, and which parts of it can? */
  async ready(options: CallOptions = {}): Promise<z.infer<typeof readiness>> {
    return this.#http.json('/readyz', readiness, { ...options, accepts: 503 });
  }
}
