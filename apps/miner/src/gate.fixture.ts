import type { GeneratedToken } from '@ganglion/node';

/** Holds an engine's tokens back until they are let through. */
export class Gate {
  #open = 0;
  #wake: () => void = () => {};

  let(tokens: number): void {
    this.#open += tokens;
    this.#wake();
  }

  async *hold(tokens: AsyncIterable<GeneratedToken>, signal: AbortSignal): AsyncGenerator<GeneratedToken> {
    signal.addEventListener('abort', () => this.#wake(), { once: true });
    for await (const token of tokens) {
      while (this.#open === 0 && !signal.aborted) {
        await new Promise<void>((resolve) => (this.#wake = resolve));
      }
      if (signal.aborted) return;
      this.#open--;
      yield token;
    }
  }
}
