import type { Frame, InputOf, NodeRequest, OutputOf } from '@ganglion/contracts';
import { type Bus, connectBus } from '@ganglion/messaging';
import type { Msg, Subscription } from '@nats-io/nats-core';
import type { NodeIdentity } from './identity.js';

export interface LineOptions {
  readonly identity: NodeIdentity;
  readonly servers: readonly string[];
  /** The newest credential: asked for on every reconnection. */
  readonly jwt: () => string;
  /** Hears every order; must not throw. */
  readonly answer: (msg: Msg) => Promise<void>;
}

/** One connection of a node to the broker, with its orders and its requests. */
export class Line {
  readonly #pending = new Set<Promise<unknown>>();

  private constructor(
    private readonly bus: Bus,
    private readonly nodeId: string,
    private readonly subscription: Subscription,
  ) {}

  /** Connects and listens; resolves when the broker knows of the subscription. Rejects when it cannot connect. */
  static async open({ identity, servers, jwt, answer }: LineOptions): Promise<Line> {
    const { nodeId, seed } = identity;
    const bus = await connectBus({
      servers: [...servers],
      name: nodeId,
      credentials: { jwt, seed },
    });
    // While one connection replaces another both listen: in a queue group each order still comes once.
    const subscription = bus.nats.subscribe(`job.${nodeId}.>`, {
      queue: 'node',
      callback: (error, msg) => {
        if (!error) void line.track(answer(msg)).catch(() => {});
      },
    });
    const line = new Line(bus, nodeId, subscription);
    try {
      await bus.nats.flush();
    } catch (error) {
      await bus.nats.close().catch(() => {});
      throw error;
    }
    return line;
  }

  get isConnected(): boolean {
    return this.bus.isConnected;
  }

  /** Asks a module; throws its Fault, or `UNAVAILABLE`. */
  ask<R extends NodeRequest>(message: R, input: InputOf<R>, timeoutMs: number): Promise<OutputOf<R>> {
    return this.track(this.bus.requestAsNode(message, this.nodeId, input, { timeoutMs }));
  }

  /** Publishes one frame. On a closed connection it is lost, as anything unsaid at a death is. */
  publish(taskId: string, frame: Frame): void {
    if (!this.bus.nats.isClosed()) this.bus.publishFrame(this.nodeId, taskId, frame);
  }

  /** Resolves when the broker has processed everything published so far, or cannot be reached. */
  async flush(): Promise<void> {
    if (this.isConnected) await this.bus.nats.flush().catch(() => {});
  }

  /** Hears no more orders, finishes those it has and the requests under way, and closes. */
  async retire(): Promise<void> {
    if (!this.isConnected) return this.bus.nats.close().catch(() => {});
    await this.subscription.drain().catch(() => {});
    await Promise.allSettled(this.#pending);
    await this.bus.close();
  }

  /** Closes at once, without a word. */
  async cut(): Promise<void> {
    await this.bus.nats.close().catch(() => {});
  }

  private track<T>(work: Promise<T>): Promise<T> {
    this.#pending.add(work);
    const forget = (): void => void this.#pending.delete(work);
    work.then(forget, forget);
    return work;
  }
}
