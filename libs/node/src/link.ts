import { Fault, type Frame, type InputOf, type NodeRequest, type OutputOf } from '@ganglion/contracts';
import { type Behaviour, honest, type Wire } from './behaviour.js';
import type { Line } from './line.js';

/** An unreachable broker must not hold frames back for longer. */
const FLUSH_MS = 2_000;
const ASK_MS = 5_000;

/** A node's way to the broker, whichever connection it is at the moment. */
export class Link {
  #line: Line | undefined;
  #held: { taskId: string; frame: Frame }[] | undefined;
  /** Old connections that finish what they have. */
  readonly #retiring = new Set<Promise<void>>();

  constructor(private readonly behaviour: Pick<Behaviour, 'ask' | 'publish'> = honest) {}

  get isConnected(): boolean {
    return this.#line?.isConnected ?? false;
  }

  /**
   * Asks a module.
   * @throws Fault as the module gave it; `UNAVAILABLE` when it does not answer or there is no connection
   */
  async ask<R extends NodeRequest>(message: R, input: InputOf<R>, timeoutMs = ASK_MS): Promise<OutputOf<R>> {
    return (await this.behaviour.ask(message, input, this.wire(timeoutMs))) as OutputOf<R>;
  }

  publish(taskId: string, frame: Frame): void {
    this.behaviour.publish(taskId, frame, this.wire(ASK_MS));
  }

  /**
   * Puts a new connection in place of the old one, which finishes what it has. Frames wait until the broker has
   * processed those of the old connection: it keeps order within a connection, not between two.
   */
  async replace(line: Line): Promise<void> {
    const old = this.#line;
    this.#held = [];
    if (old) await Promise.race([old.flush(), pause(FLUSH_MS)]);
    const held = this.#held;
    this.#held = undefined;
    this.#line = line;
    for (const { taskId, frame } of held) line.publish(taskId, frame);
    if (old) this.retireQuietly(old);
  }

  /** Finishes what is under way, and closes. */
  async retire(): Promise<void> {
    const line = this.#line;
    this.#line = undefined;
    if (line) this.retireQuietly(line);
    await Promise.all(this.#retiring);
  }

  /** Closes at once, as a crash would. */
  async cut(): Promise<void> {
    const line = this.#line;
    this.#line = undefined;
    await line?.cut();
  }

  private wire(timeoutMs: number): Wire {
    return {
      ask: async (message, input) => {
        if (!this.#line) throw new Fault('UNAVAILABLE', 'this node is not connected');
        return this.#line.ask(message, input as InputOf<typeof message>, timeoutMs);
      },
      publish: (taskId, frame) => {
        if (this.#held) this.#held.push({ taskId, frame: frame as Frame });
        else this.#line?.publish(taskId, frame as Frame);
      },
    };
  }

  private retireQuietly(line: Line): void {
    const retired = line
      .retire()
      .catch(() => line.cut())
      .finally(() => this.#retiring.delete(retired));
    this.#retiring.add(retired);
  }
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms).unref());
