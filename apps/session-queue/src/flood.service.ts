import { Fault, type Reason } from '@ganglion/contracts';
import { Bus, type Listener } from '@ganglion/messaging';
import { Clock, type Repeating } from '@ganglion/runtime';
import {
  type BeforeApplicationShutdown,
  Inject,
  Injectable,
  Logger,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import { FLOOD_BUS, FLOOD_LIMITS } from './flood.config.js';
import { type FloodLimits, FloodMeter } from './flood-meter.js';
import { FloodStore } from './flood.store.js';
import { NewStreams } from './flood-streams.js';

const LOOK_MS = 1_000;
/** What a node did is said once in this time, by each replica. */
const SAY_AGAIN_MS = 10_000;
/** Of a request without data: about as much as its hashes. */
const REQUEST_BYTES = 512;

/**
 * Watches what nodes send, whomever it is meant for: all their frames and their requests to this module. A node that
 * floods, or that meddles with another's task, is told of; only the pool may shut it out.
 */
@Injectable()
export class FloodService implements OnApplicationBootstrap, BeforeApplicationShutdown {
  readonly #log = new Logger('Flood');
  readonly #meter: FloodMeter;
  readonly #streams = new NewStreams();
  readonly #said = new Map<string, number>();
  #listener: Listener | undefined;
  #looking: Repeating | undefined;

  constructor(
    @Inject(FLOOD_LIMITS) limits: FloodLimits,
    private readonly store: FloodStore,
    @Inject(FLOOD_BUS) private readonly bus: Bus,
    private readonly clock: Clock,
  ) {
    this.#meter = new FloodMeter(limits);
  }

  onApplicationBootstrap(): void {
    this.#listener = this.bus.watchStreams((nodeId, taskId, bytes) => {
      if (this.isWithin(nodeId, bytes)) this.#streams.note(nodeId, taskId);
    });
    this.#looking = this.clock.every(LOOK_MS, () => this.look(), 'looking for strays');
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.#listener?.close();
    this.#looking?.stop();
    await this.bus.close();
  }

  /**
   * Does what a node asks unless it asks far too much.
   * @throws Fault `LIMITED` then; otherwise what `work` throws
   */
  async pass<T>(
    nodeId: string,
    { taskId, data }: { taskId: string; data?: string },
    work: () => Promise<T>,
  ): Promise<T> {
    if (!this.isWithin(nodeId, REQUEST_BYTES + (data?.length ?? 0)))
      throw new Fault('LIMITED', 'this node sends far more than any should; stop, and join again');
    try {
      return await work();
    } catch (error) {
      if (error instanceof Fault && error.code === 'NOT_FOUND')
        await this.accuseForeign([{ nodeId, taskId }], 'foreign_attempt', 'it committed to');
      throw error;
    }
  }

  /** Rates are those of real time: a moved clock sends nothing. */
  private isWithin(nodeId: string, bytes: number): boolean {
    if (this.#meter.admits(nodeId, bytes, performance.now())) return true;
    void this.accuse(nodeId, { code: 'flooded', message: 'it sends far more than it was asked for' });
    return false;
  }

  private async look(): Promise<void> {
    this.#meter.forgetIdle(performance.now());
    await this.accuseForeign(this.#streams.take(), 'foreign_frames', 'it streamed for');
  }

  private async accuseForeign(
    streams: { nodeId: string; taskId: string }[],
    code: string,
    what: string,
  ): Promise<void> {
    for (const { nodeId, taskId } of await this.store.foreign(streams))
      await this.accuse(nodeId, { code, message: `${what} task ${taskId}, which was never its own` });
  }

  private async accuse(nodeId: string, reason: Reason): Promise<void> {
    const now = performance.now();
    const key = `${nodeId} ${reason.code}`;
    if (now - (this.#said.get(key) ?? -Infinity) < SAY_AGAIN_MS) return;
    for (const [old, at] of this.#said) if (now - at > SAY_AGAIN_MS) this.#said.delete(old);
    this.#said.set(key, now);
    this.#log.warn({ message: 'a node misbehaves', nodeId, reason });
    try {
      await this.store.accuse(nodeId, reason);
    } catch (error) {
      // Its next message says it again.
      this.#said.delete(key);
      this.#log.error(`could not tell of ${nodeId}: ${String(error)}`);
    }
  }
}
