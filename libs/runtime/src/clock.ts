import { readFileSync, statSync } from 'node:fs';
import { Logger } from '@nestjs/common';
import { z } from 'zod';
import { Outage } from './outage.js';

const control = z.object({
  offsetMs: z.number().default(0),
  scale: z.number().positive().default(1),
  /** Epoch ms from which the scale counts, so that every process shows the same time. */
  since: z.number().default(0),
});

export interface Repeating {
  stop(): void;
}

/** The time, injected: every deadline is compared with this clock, and tests move it by a control file. */
export class Clock {
  readonly #file: string | undefined;
  readonly #log = new Logger('Clock');
  #readAt = 0;
  #changedAt = 0;
  #control = control.parse({});

  constructor(file?: string) {
    this.#file = file;
  }

  /** Epoch milliseconds. */
  ms(): number {
    const real = Date.now();
    if (this.#file) this.reread(real, this.#file);
    const { offsetMs, scale, since } = this.#control;
    return Math.round(real + offsetMs + (scale === 1 ? 0 : (real - since) * (scale - 1)));
  }

  now(): Date {
    return new Date(this.ms());
  }

  /** Milliseconds of real time that pass while the clock shows `ms`. */
  real(ms: number): number {
    return ms / this.#control.scale;
  }

  /**
   * Repeats a task every `ms` by this clock, never overlapping itself. An error is logged and the next turn comes
   * all the same; while a server is away the turns come with back-off, and the outage is logged once.
   */
  every(ms: number, task: () => Promise<void> | void, name: string): Repeating {
    let timer: NodeJS.Timeout | undefined;
    let isStopped = false;
    const outage = new Outage(name, this.#log);
    const turn = async (): Promise<void> => {
      try {
        await task();
        outage.over();
      } catch (error) {
        if (!isStopped && !outage.isPartOf(error))
          this.#log.error(`${name}: ${error instanceof Error ? error.stack : String(error)}`);
      }
      if (!isStopped) timer = setTimeout(() => void turn(), Math.max(this.real(ms), outage.backOffMs()));
    };
    timer = setTimeout(() => void turn(), this.real(ms));
    return {
      stop: () => {
        isStopped = true;
        clearTimeout(timer);
      },
    };
  }

  /** Resolves after `ms` by this clock, or when the signal aborts. */
  async sleep(ms: number, signal?: AbortSignal): Promise<void> {
    if (signal?.aborted) return;
    await new Promise<void>((resolve) => {
      const end = (): void => {
        clearTimeout(timer);
        signal?.removeEventListener('abort', end);
        resolve();
      };
      const timer = setTimeout(end, this.real(ms));
      signal?.addEventListener('abort', end, { once: true });
    });
  }

  private reread(real: number, file: string): void {
    if (real - this.#readAt < 50) return;
    this.#readAt = real;
    try {
      const { mtimeMs } = statSync(file);
      if (mtimeMs === this.#changedAt) return;
      this.#control = control.parse(JSON.parse(readFileSync(file, 'utf8')));
      this.#changedAt = mtimeMs;
    } catch {
      // The file is being replaced, or is not there yet: the next reading sees it whole.
    }
  }
}
