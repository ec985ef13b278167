import { Clock, type Repeating } from '@ganglion/runtime';
import { Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { AssignmentStore } from './assignment.store.js';
import { DispatchService } from './dispatch.service.js';
import { SweepStore } from './sweep.store.js';

/** A session that runs short says so at most this often, per replica. */
const STARVED_EVERY_MS = 1_000;
const SWEEP_MS = 250;

/** Keeps waiting tasks moving: offers them again, and says where nodes are missing. */
@Injectable()
export class WaitingService implements OnApplicationBootstrap, OnModuleDestroy {
  #turns: Repeating | undefined;
  readonly #saidAt = new Map<string, number>();

  constructor(
    private readonly sweeps: SweepStore,
    private readonly assignments: AssignmentStore,
    private readonly dispatch: DispatchService,
    private readonly clock: Clock,
  ) {}

  onApplicationBootstrap(): void {
    this.#turns = this.clock.every(SWEEP_MS, () => this.sweep(), 'sweeping waiting tasks');
  }

  onModuleDestroy(): void {
    this.#turns?.stop();
  }

  private async sweep(): Promise<void> {
    const now = this.clock.ms();
    for (const [sessionId, at] of this.#saidAt) if (now - at > 60_000) this.#saidAt.delete(sessionId);
    for (const lane of await this.sweeps.waitingLanes()) {
      this.dispatch.pump(lane);
      if ('sessionId' in lane) await this.sayStarved(lane.sessionId, now);
    }
  }

  private async sayStarved(sessionId: string, now: number): Promise<void> {
    if (now - (this.#saidAt.get(sessionId) ?? 0) < STARVED_EVERY_MS) return;
    this.#saidAt.set(sessionId, now);
    await this.assignments.sayStarved(sessionId);
  }
}
