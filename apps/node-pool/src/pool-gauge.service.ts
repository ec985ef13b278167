import { nodeStates } from '@ganglion/contracts';
import { Clock, Metrics, type Repeating } from '@ganglion/runtime';
import { type BeforeApplicationShutdown, Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { PresenceStore } from './presence.store.js';

const COUNT_EVERY_MS = 5_000;

/** Shows on `/metrics` how many nodes are in each state. */
@Injectable()
export class PoolGauge implements OnApplicationBootstrap, BeforeApplicationShutdown {
  #counting: Repeating | undefined;

  constructor(
    private readonly store: PresenceStore,
    private readonly clock: Clock,
    private readonly metrics: Metrics,
  ) {}

  onApplicationBootstrap(): void {
    this.#counting = this.clock.every(COUNT_EVERY_MS, () => this.count(), 'node gauge');
  }

  beforeApplicationShutdown(): void {
    this.#counting?.stop();
  }

  /** All states are shown, those without nodes as zero. */
  async count(): Promise<void> {
    const gauge = this.metrics.gauge('ganglion_node_pool_nodes', 'Nodes by state', ['state']);
    const counts = await this.store.countByState();
    for (const state of nodeStates) gauge.set({ state }, counts.get(state) ?? 0);
  }
}
