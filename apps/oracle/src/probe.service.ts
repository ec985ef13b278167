import { cognitive, Fault, jobs } from '@ganglion/contracts';
import { Bus } from '@ganglion/messaging';
import { Clock, Metrics } from '@ganglion/runtime';
import { Injectable } from '@nestjs/common';

const PROBE_TIMEOUT_MS = 1_000;
/** As many as one report may carry. */
const BATCH = 500;
/** Each replica of the pool keeps turns of its own: a node that another one named just now is left out. */
const LEAST_GAP_MS = 8_000;

/** Pings nodes and reports their round trips. */
@Injectable()
export class ProbeService {
  #isRunning = false;
  readonly #probedAt = new Map<string, number>();

  constructor(
    private readonly bus: Bus,
    private readonly clock: Clock,
    private readonly metrics: Metrics,
  ) {}

  /** Probes those of these nodes that were not probed just now, unless the probes before are still under way. */
  async probe(epoch: number, nodeIds: readonly string[]): Promise<void> {
    if (this.#isRunning) return;
    this.#isRunning = true;
    try {
      const due = this.due(nodeIds);
      for (let from = 0; from < due.length; from += BATCH) {
        const batch = due.slice(from, from + BATCH);
        const probes = await Promise.all(batch.map((nodeId) => this.roundTrip(nodeId)));
        await this.bus.request(cognitive.probed, { epoch, probes });
      }
    } finally {
      this.#isRunning = false;
    }
  }

  private due(nodeIds: readonly string[]): string[] {
    const now = this.clock.ms();
    for (const [nodeId, at] of this.#probedAt) if (now - at >= LEAST_GAP_MS) this.#probedAt.delete(nodeId);
    const due = nodeIds.filter((nodeId) => !this.#probedAt.has(nodeId));
    for (const nodeId of due) this.#probedAt.set(nodeId, now);
    return due;
  }

  private async roundTrip(nodeId: string): Promise<{ nodeId: string; rttMs: number | null }> {
    const started = performance.now();
    try {
      const at = this.clock.now().toISOString();
      await this.bus.order(jobs.probe, nodeId, { at }, { timeoutMs: PROBE_TIMEOUT_MS });
    } catch (error) {
      // A node that answers with a fault is there; one that does not answer is not.
      if (!(error instanceof Fault) || error.code === 'UNAVAILABLE') return this.seen(nodeId, null);
    }
    return this.seen(nodeId, performance.now() - started);
  }

  private seen(nodeId: string, rttMs: number | null): { nodeId: string; rttMs: number | null } {
    this.metrics
      .counter('ganglion_oracle_probes_total', 'Probes of nodes, by outcome', ['outcome'])
      .inc({ outcome: rttMs === null ? 'silent' : 'answered' });
    return { nodeId, rttMs };
  }
}
