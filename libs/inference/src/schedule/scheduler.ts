import type { GeneratedToken } from '../engine.js';

/** Something that makes tokens one step at a time; a step may give none. */
export interface Steps {
  step(): Promise<GeneratedToken | undefined>;
}

export interface RoundsListener {
  token(id: number, token: GeneratedToken): void;
  ended(id: number): void;
  failed(id: number, error: unknown): void;
}

/**
 * Advances several completions in turn, one step each, so that a long answer does not hold up a short one. A step
 * yields to the event loop before it runs, which is where a cancel gets in.
 */
export class Rounds {
  readonly #slots: number;
  readonly #listener: RoundsListener;
  readonly #members = new Map<number, Steps>();
  #isRunning = false;

  constructor(slots: number, listener: RoundsListener) {
    this.#slots = slots;
    this.#listener = listener;
  }

  /** Starts it, or lets it wait for a slot; first come, first served. */
  add(id: number, steps: Steps): void {
    this.#members.set(id, steps);
    if (!this.#isRunning) void this.#run();
  }

  /** Takes it out before its next step; unknown ids, already ended, are no error. */
  cancel(id: number): void {
    if (this.#members.delete(id)) this.#listener.ended(id);
  }

  async #run(): Promise<void> {
    this.#isRunning = true;
    while (this.#members.size > 0) {
      for (const [id, steps] of [...this.#members].slice(0, this.#slots)) {
        if (this.#members.has(id)) await this.#advance(id, steps);
      }
    }
    this.#isRunning = false;
  }

  async #advance(id: number, steps: Steps): Promise<void> {
    try {
      const token = await steps.step();
      // Without a token there is more to do first; a token of a completion cancelled meanwhile is wanted by nobody.
      if (token === undefined || !this.#members.has(id)) return;
      this.#listener.token(id, token);
      if (token.finish === undefined) return;
      this.#members.delete(id);
      this.#listener.ended(id);
    } catch (error) {
      if (this.#members.delete(id)) this.#listener.failed(id, error);
    }
  }
}
