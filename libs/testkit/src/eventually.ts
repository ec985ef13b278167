import { setTimeout as delay } from 'node:timers/promises';

/** Ends what hangs; whatever works is done long before, also on a machine that is busy with something else. */
const PATIENCE_MS = 60_000;
/** What comes soon is seen soon; what does not is asked for less and less often, to leave the processors to it. */
const FIRST_MS = 25;
const LONGEST_MS = 200;
const GROWTH = 1.25;

/**
 * Repeats a check until it does not throw and does not return `false`, and returns its result. The one way of waiting
 * in specs. After `timeoutMs` (a minute) throws the last error.
 * @param options.everyMs between two tries; ever longer from 25 to 200 when not given
 */
export const eventually = async <T>(
  check: () => Promise<T> | T,
  options: { timeoutMs?: number; everyMs?: number; signal?: AbortSignal | undefined } = {},
): Promise<Exclude<T, false>> => {
  const { timeoutMs = PATIENCE_MS, everyMs } = options;
  const deadline = Date.now() + timeoutMs;
  let pauseMs = everyMs ?? FIRST_MS;
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
    await delay(pauseMs);
    if (everyMs === undefined) pauseMs = Math.min(LONGEST_MS, pauseMs * GROWTH);
  }
};
