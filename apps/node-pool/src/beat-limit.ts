/** A miner speaks every two seconds, and a few times more when it joins or renews. */
const ALLOWED_PER_SECOND = 5;
const BURST = 30;

interface Level {
  /** Requests in the bucket, which leaks at the allowed rate. */
  requests: number;
  /** Requests over the limit since the bucket was last empty. */
  excess: number;
  at: number;
}

/** How often each node speaks to this replica, and how far that is beyond what any honest one does. */
export class BeatLimit {
  readonly #levels = new Map<string, Level>();

  /** Counts a request; answers by how many the node is over its limit by now, 0 when it is not. `now` in ms. */
  count(nodeId: string, now: number): number {
    const level = this.#levels.get(nodeId) ?? { requests: 0, excess: 0, at: now };
    this.#levels.set(nodeId, level);
    this.leak(level, now);
    if (level.requests >= BURST) return ++level.excess;
    level.requests += 1;
    return 0;
  }

  /** Forgets the nodes that have been quiet. */
  forgetQuiet(now: number): void {
    for (const [nodeId, level] of this.#levels) {
      this.leak(level, now);
      if (level.requests === 0) this.#levels.delete(nodeId);
    }
  }

  /** Nodes that are remembered. */
  get size(): number {
    return this.#levels.size;
  }

  private leak(level: Level, now: number): void {
    level.requests = Math.max(0, level.requests - ((now - level.at) / 1_000) * ALLOWED_PER_SECOND);
    level.at = now;
    if (level.requests === 0) level.excess = 0;
  }
}
