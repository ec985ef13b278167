import { type NodeClock, systemClock } from '@ganglion/node';

/** The time, which can be moved on. Pauses are short, so that a node soon looks at it again. */
export class SteppedClock implements NodeClock {
  #ahead = 0;

  ms(): number {
    return Date.now() + this.#ahead;
  }

  step(ms: number): void {
    this.#ahead += ms;
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return systemClock.sleep(Math.min(ms, 100), signal);
  }
}
