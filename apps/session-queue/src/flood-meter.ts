export interface FloodLimits {
  readonly messagesPerSecond: number;
  readonly bytesPerSecond: number;
  /** What may come at once: this many seconds' worth. */
  readonly burstSeconds: number;
}

interface Level {
  messages: number;
  bytes: number;
  /** In ms, as of which the levels are. */
  at: number;
}

/** How much each node sends: a leaky bucket per node, for messages and for bytes. */
export class FloodMeter {
  readonly #levels = new Map<string, Level>();

  constructor(private readonly limits: FloodLimits) {}

  /** Adds a message of so many bytes; false when the node is over its limit. `now` in ms. */
  admits(nodeId: string, bytes: number, now: number): boolean {
    const { messagesPerSecond, bytesPerSecond, burstSeconds } = this.limits;
    const level = this.#levels.get(nodeId) ?? { messages: 0, bytes: 0, at: now };
    this.#levels.set(nodeId, level);
    this.leak(level, now);
    // A bucket runs over, it does not grow: who stops is soon within its limit again.
    level.messages = Math.min(level.messages + 1, messagesPerSecond * burstSeconds + 1);
    level.bytes = Math.min(level.bytes + bytes, bytesPerSecond * burstSeconds + 1);
    return level.messages <= messagesPerSecond * burstSeconds && level.bytes <= bytesPerSecond * burstSeconds;
  }

  /** Forgets the nodes whose buckets are empty. */
  forgetIdle(now: number): void {
    for (const [nodeId, level] of this.#levels) {
      this.leak(level, now);
      if (level.messages === 0 && level.bytes === 0) this.#levels.delete(nodeId);
    }
  }

  /** Nodes with something in their buckets. */
  get size(): number {
    return this.#levels.size;
  }

  private leak(level: Level, now: number): void {
    const seconds = (now - level.at) / 1_000;
    level.messages = Math.max(0, level.messages - seconds * this.limits.messagesPerSecond);
    level.bytes = Math.max(0, level.bytes - seconds * this.limits.bytesPerSecond);
    level.at = now;
  }
}
