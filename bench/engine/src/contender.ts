/** What a program has to offer to be measured. */

/** Greedy; no token of the prompt or the completion ends it, so it makes exactly `tokens`. */
export interface BenchRequest {
  text: string;
  tokens: number;
}

export interface Contender {
  /** Of the library, and of what it runs on. */
  readonly version: string;
  countTokens(text: string): Promise<number>;
  /**
   * Completes all requests at once, in the way this library has for it.
   * @param onToken called for each token, with the index of its request
   * @param signal where given, ends the work as soon as the library can; the promise resolves all the same
   */
  generate(
    requests: readonly BenchRequest[],
    onToken: (at: number) => void,
    signal?: AbortSignal,
  ): Promise<void>;
  /** Whether a request begins while others are under way; without it, it waits until all of them are done. */
  readonly joinsRunning: boolean;
  /** Can work be ended in the middle of a prompt? */
  readonly canCancel: boolean;
  close(): Promise<void>;
}
