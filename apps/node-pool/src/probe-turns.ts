const PROBE_EVERY_MS = 10_000;
/** The clock turns twice a second: this many at most each time keeps a large pool's probes spread out. */
const AT_ONCE = 100;

/** Whose turn it is to be probed: each node every ten seconds. */
export class ProbeTurns {
  #probedAt = new Map<string, number>();

  /** The nodes due now, the longest unprobed first; they count as probed. */
  take(nodeIds: readonly string[], now: number): string[] {
    const last = (nodeId: string): number => this.#probedAt.get(nodeId) ?? -Infinity;
    const due = nodeIds
      .filter((nodeId) => now - last(nodeId) >= PROBE_EVERY_MS)
      .sort((a, b) => (last(a) < last(b) ? -1 : last(a) > last(b) ? 1 : 0))
      .slice(0, AT_ONCE);
    this.#probedAt = new Map(nodeIds.map((nodeId) => [nodeId, last(nodeId)]));
    for (const nodeId of due) this.#probedAt.set(nodeId, now);
    return due;
  }
}
