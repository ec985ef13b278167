import { setTimeout as delay } from 'node:timers/promises';

/** Tries until it works; after the deadline throws the last error, saying what was waited for. */
export const waitFor = async <T>(what: string, waitMs: number, attempt: () => Promise<T>): Promise<T> => {
  const deadline = Date.now() + waitMs;
  for (let pause = 50; ; pause = Math.min(pause * 2, 1_000)) {
    try {
      return await attempt();
    } catch (error) {
      if (Date.now() + pause > deadline) {
        const why = error instanceof Error ? error.message || error.name : String(error);
        throw new Error(`${what} did not become ready within ${Math.round(waitMs / 1_000)} s: ${why}`, {
          cause: error,
        });
      }
      await delay(pause);
    }
  }
};
