import { Bus } from '@ganglion/messaging';
import { Clock } from '@ganglion/runtime';
import { Injectable } from '@nestjs/common';
import { DispatchService } from './dispatch.service.js';
import { WaitingStore } from './waiting.store.js';

/** What waits is told at most this often, per replica and session. */
const TOLD_EVERY_MS = 1_000;

/** Keeps waiting tasks moving: offers them again, and says where nodes are missing. */
@Injectable()
export class WaitingService {
  readonly #saidAt = new Map<string, number>();

  constructor(
    private readonly store: WaitingStore,
    private readonly dispatch: DispatchService,
    private readonly bus: Bus,
    private readonly clock: Clock,
  ) {}

  async sweep(): Promise<void> {
    const now = this.clock.ms();
    for (const [sessionId, at] of this.#saidAt) if (now - at > 60_000) this.#saidAt.delete(sessionId);
    for (const lane of await this.store.lanes()) {
      this.dispatch.pump(lane);
      if ('sessionId' in lane) await this.tell(lane.sessionId, now);
    }
  }

  /** Tells the session that it runs short, and each waiting client its place. */
  private async tell(sessionId: string, now: number): Promise<void> {
    if (now - (this.#saidAt.get(sessionId) ?? 0) < TOLD_EVERY_MS) return;
    this.#saidAt.set(sessionId, now);
    await this.store.sayStarved(sessionId);
    for (const [taskId, place] of await this.store.places(sessionId))
      this.bus.publishControl(taskId, { type: 'position', ...place });
  }
}
