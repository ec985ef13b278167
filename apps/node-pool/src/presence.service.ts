import { Fault, type NodeState } from '@ganglion/contracts';
import { Clock, type Repeating } from '@ganglion/runtime';
import {
  type BeforeApplicationShutdown,
  Injectable,
  Logger,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import { Attention } from './attention.js';
import { appear, vanish } from './coming-and-going.js';
import { Heartbeats } from './heartbeats.js';
import { NodeStore } from './node.store.js';
import { PresenceStore } from './presence.store.js';
import { SystemAccount } from './system-account.service.js';

const FLUSH_EVERY_MS = 2_000;
/** A heartbeat that was on its way when the connection closed must not bring the node back. */
const LAST_WORDS_MS = 1_000;

const DISCONNECTED = { code: 'disconnected', message: 'its connection to the broker ended' };

/**
 * Who is there. A heartbeat reaches one replica and is kept in memory; the rows that all replicas judge by are
 * written every two seconds, at once only when a heartbeat tells something new. A closed connection tells at once.
 */
@Injectable()
export class PresenceService implements OnApplicationBootstrap, BeforeApplicationShutdown {
  readonly #log = new Logger('Presence');
  readonly #heartbeats = new Heartbeats();
  readonly #hungUp = new Map<string, number>();
  readonly #attention: Attention;
  #flushing: Repeating | undefined;

  constructor(
    private readonly nodes: NodeStore,
    private readonly store: PresenceStore,
    private readonly system: SystemAccount,
    private readonly clock: Clock,
  ) {
    this.#attention = new Attention(clock.ms());
  }

  async onApplicationBootstrap(): Promise<void> {
    this.#flushing = this.clock.every(FLUSH_EVERY_MS, () => this.flush(), 'heartbeats');
    await this.system.listen({
      connected: (nodeId) => this.#hungUp.delete(nodeId),
      disconnected: (nodeId) => void this.disconnected(nodeId),
      reconnected: () => this.#attention.interrupted(this.clock.ms()),
      failed: (error) => this.#log.warn(`connections could not be counted: ${String(error)}`),
    });
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.#flushing?.stop();
    await this.system.close();
    await this.flush().catch((error: unknown) => this.#log.warn(`last heartbeats lost: ${String(error)}`));
  }

  /** A sign of life; answers the node's state, as of two seconds ago at most. Throws `NOT_FOUND`. */
  async heartbeat(nodeId: string): Promise<NodeState> {
    const now = this.clock.ms();
    if (now - (this.#hungUp.get(nodeId) ?? -Infinity) < LAST_WORDS_MS) return 'OFFLINE';
    const state = this.#heartbeats.heard(nodeId, now);
    return state === undefined || state === 'OFFLINE' ? this.appear(nodeId) : state;
  }

  private async appear(nodeId: string): Promise<NodeState> {
    const node = await this.nodes.change(nodeId, appear);
    if (!node) throw new Fault('NOT_FOUND', 'this node is not known; join first');
    this.#heartbeats.learn(nodeId, node.state, this.clock.ms());
    return node.state;
  }

  /** Its last connection closed: it is gone, without waiting for its silence. */
  private async disconnected(nodeId: string): Promise<void> {
    const now = this.clock.ms();
    for (const [other, at] of this.#hungUp) if (now - at > LAST_WORDS_MS) this.#hungUp.delete(other);
    this.#hungUp.set(nodeId, now);
    this.#heartbeats.forget(nodeId);
    try {
      await this.nodes.change(nodeId, (node) => vanish(node, DISCONNECTED));
    } catch (error) {
      // Its silence will tell the same in ten seconds.
      this.#log.error(`disconnect of ${nodeId}: ${error instanceof Error ? error.stack : String(error)}`);
    }
  }

  /** Writes the heartbeats heard since the last time, and brings back whoever was thought gone. */
  async flush(): Promise<void> {
    const now = this.clock.ms();
    this.#attention.note(now);
    const taken = this.#heartbeats.take(now);
    if (taken.length === 0) return;
    const states = await this.store.seen(taken).catch((error: unknown) => {
      this.#heartbeats.putBack(taken);
      // Other replicas could not write what they heard either.
      this.#attention.interrupted(now);
      throw error;
    });
    for (const { id, state } of states) this.#heartbeats.learn(id, state, now);
    for (const { id, state } of states) if (state === 'OFFLINE') await this.appear(id);
  }

  /** Since when (epoch ms) this replica has been listening without a break. */
  listeningSince(): number {
    return this.#attention.note(this.clock.ms());
  }
}
