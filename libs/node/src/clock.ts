/** The time, injected: deadlines and pauses are by this clock, so that a test can move it. */
export interface NodeClock {
  /** Epoch milliseconds. */
  ms(): number;
  /** Resolves after `ms` by this clock, or when the signal aborts. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

export const systemClock: NodeClock = {
  ms: () => Date.now(),
  sleep: (ms, signal) =>
    new Promise((resolve) => {
      if (signal?.aborted) return resolve();
      const end = (): void => {
        clearTimeout(timer);
        signal?.removeEventListener('abort', end);
        resolve();
      };
      const timer = setTimeout(end, ms);
      signal?.addEventListener('abort', end, { once: true });
    }),
};
