import { setTimeout as delay } from 'node:timers/promises';

/** A wait that others can end. */
export class Pause {
  private end: (() => void) | undefined;
  private isDue = false;

  /** Resolves after `ms` of real time, or when `cut` is or was called and `gatherMs` have passed since. */
  async for(ms: number, gatherMs = 0): Promise<void> {
    if (!this.isDue) {
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, ms);
        this.end = () => (clearTimeout(timer), resolve());
      });
    }
    this.end = undefined;
    if (this.isDue && gatherMs > 0) await delay(gatherMs);
    this.isDue = false;
  }

  /** Ends the wait under way, or the next one. */
  cut(): void {
    this.isDue = true;
    this.end?.();
  }
}

/**
 * The wait before try number `failures` (from 1): doubling from `firstMs` up to `mostMs`, and a random half of it, so that
 * replicas that failed together do not return together.
 */
export function backOffMs(failures: number, firstMs = 100, mostMs = 5_000): number {
  const full = Math.min(mostMs, firstMs * 2 ** Math.min(failures - 1, 30));
  return full / 2 + Math.random() * (full / 2);
}
