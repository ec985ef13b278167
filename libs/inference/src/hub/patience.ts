import { setTimeout as pause } from 'node:timers/promises';
import { InferenceError } from '../inference-error.js';

/** How long to wait for a hub, and how often to ask again. */
export interface Patience {
  /** Until an answer begins, in milliseconds. */
  connectMs: number;
  /** Between two pieces of an answer, in milliseconds; the whole may take as long as it takes. */
  stallMs: number;
  /** Tries in a row that may fail. */
  tries: number;
  /** Before the second try, in milliseconds; doubled before each further one. */
  firstDelayMs: number;
}

export const PATIENCE: Patience = { connectMs: 20_000, stallMs: 30_000, tries: 6, firstDelayMs: 500 };

/** For a question whose answer is nice to have: is there a newer commit? */
export const BRIEFLY: Patience = { connectMs: 5_000, stallMs: 5_000, tries: 1, firstDelayMs: 0 };

const LONGEST_DELAY_MS = 30_000;
/** A hub that asks for more than this is taken for unreachable. */
const LONGEST_ASKED_MS = 300_000;

/** A failure that may pass by itself. */
export class Passing extends Error {
  constructor(
    message: string,
    /** What the server asked to wait. */
    readonly retryAfterMs?: number,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

/** Counts failures in a row and waits between them, longer after each. */
export class Retries {
  #failures = 0;

  constructor(
    private readonly patience: Patience,
    private readonly signal?: AbortSignal,
    private readonly onRetry: (problem: string, delayMs: number) => void = () => {},
  ) {}

  /** Something worked: failures before it do not count any more. */
  succeeded(): void {
    this.#failures = 0;
  }

  /**
   * Waits before the next try.
   * @throws the error itself when it will not pass; InferenceError HUB_UNREACHABLE after too many in a row, CANCELLED
   */
  async wait(error: unknown): Promise<void> {
    if (!(error instanceof Passing)) throw error;
    this.#failures++;
    const asked = error.retryAfterMs ?? 0;
    if (this.#failures >= this.patience.tries || asked > LONGEST_ASKED_MS) {
      const wait = asked > LONGEST_ASKED_MS ? `, and asks to wait ${Math.ceil(asked / 1000)} s` : '';
      throw new InferenceError('HUB_UNREACHABLE', `${error.message}${wait}`, 'hub', { cause: error });
    }
    const delay = Math.min(LONGEST_DELAY_MS, this.patience.firstDelayMs * 2 ** (this.#failures - 1));
    // A little apart, so that miners that were cut off together do not all come back together.
    const delayMs = Math.max(asked, Math.round(delay * (0.75 + Math.random() / 2)));
    this.onRetry(error.message, delayMs);
    await pause(delayMs, undefined, this.signal ? { signal: this.signal } : {}).catch(() => undefined);
    throwIfCancelled(this.signal);
  }
}

/** Asks until it works. @throws as {@link Retries.wait} */
export async function persist<T>(retries: Retries, attempt: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await attempt();
    } catch (error) {
      await retries.wait(error);
    }
  }
}

/** @throws InferenceError CANCELLED */
export function throwIfCancelled(signal: AbortSignal | undefined): void {
  if (signal?.aborted) throw new InferenceError('CANCELLED', 'cancelled');
}
