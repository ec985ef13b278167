import type { FinalisedEvent } from '@ganglion/contracts';
import { PieceQueue } from './piece-queue.js';

/** One task as the socket's events tell it, from its first event on: that may come before the acknowledgement. */
export class FollowedTask {
  readonly pieces = new PieceQueue();
  readonly final: Promise<FinalisedEvent>;
  isEnded = false;
  #settle!: { resolve: (event: FinalisedEvent) => void; reject: (error: unknown) => void };

  constructor() {
    this.final = new Promise((resolve, reject) => (this.#settle = { resolve, reject }));
    // Whoever only iterates hears the error there; this one must not count as unhandled.
    this.final.catch(() => undefined);
  }

  finalise(event: FinalisedEvent): void {
    this.isEnded = true;
    this.pieces.end();
    this.#settle.resolve(event);
  }

  fail(error: unknown): void {
    this.isEnded = true;
    this.pieces.end(error);
    this.#settle.reject(error);
  }
}
