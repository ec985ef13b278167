import { taskStates } from '@ganglion/contracts';
import { Clock, Metrics, type Repeating } from '@ganglion/runtime';
import { Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { taskLifecycle } from './task.lifecycle.js';
import { WaitingStore } from './waiting.store.js';

const EVERY_MS = 5_000;

/** Tells how much waits and runs. Every replica tells the same: take the maximum, not the sum. */
@Injectable()
export class QueueGaugeService implements OnApplicationBootstrap, OnModuleDestroy {
  #turns: Repeating | undefined;

  constructor(
    private readonly store: WaitingStore,
    private readonly metrics: Metrics,
    private readonly clock: Clock,
  ) {}

  onApplicationBootstrap(): void {
    this.#turns = this.clock.every(EVERY_MS, () => this.measure(), 'measuring the queue');
  }

  onModuleDestroy(): void {
    this.#turns?.stop();
  }

  private async measure(): Promise<void> {
    const { tasks, slots } = await this.store.counts();
    const byState = this.metrics.gauge('ganglion_queue_tasks', 'Tasks that have not ended, by state', [
      'state',
    ]);
    for (const state of taskStates)
      if (!taskLifecycle.isFinal(state)) byState.set({ state }, tasks.get(state) ?? 0);
    const byUse = this.metrics.gauge('ganglion_queue_slots', 'Slots of assigned nodes, by use', ['use']);
    byUse.set({ use: 'free' }, slots.free);
    byUse.set({ use: 'taken' }, slots.taken);
  }
}
