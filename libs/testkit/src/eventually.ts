import { setTimeout as delay } from 'node:timers/promises';

/** Ends what hangs; whatever works is done long before, also on a machine that is busy with something else. */
const PATIENCE_MS = 60_000;

/**
 * Repeats a check until it does not throw and does not return `false`, and returns its result. The one way of waiting
 * in specs. After `timeoutMs` (a minute) throws the last error.
 */
export const eventually = async <T>(
  check: () => Promise<T> | T,
  options: { timeoutMs?: number; everyMs?: number; signal?: AbortSignal | undefined } = {},
): Promise<Exclude<T, false>> => {
  const { timeoutMs = PATIENCE_MS, everyMs = 25 } = options;
  const deadline = Date.now() + timeoutMs;
  for (;;) {
    options.signal?.throwIfAborted();
    let failure: unknown;
    try {
      const result = await check();
      if (result !== false) return result as Exclude<T, false>;
      failure = new Error('the check returned false');
    } catch (error) {
      failure = error;
    }
    if (Date.now() >= deadline) {
      const why = failure instanceof Error ? failure.message : String(failure);
      throw new Error(`not within ${timeoutMs} ms: ${why}`, { cause: failure });
    }
    await delay(everyMs);
  }
};
