import type { ModuleStorage } from '@ganglion/contracts';

const CHECK_TIMEOUT_MS = 2_000;

/** Is this process ready to serve? Each part that can be away registers a check; all must hold. */
export class Health {
  readonly #checks = new Map<string, () => Promise<boolean> | boolean>();
  #storage: ((now: Date) => Promise<ModuleStorage>) | undefined;

  /** Registers a named check; one that throws counts as not ready. */
  require(name: string, check: () => Promise<boolean> | boolean): void {
    this.#checks.set(name, check);
  }

  /** Registers how a module measures what it keeps in its tables. */
  measure(storage: (now: Date) => Promise<ModuleStorage>): void {
    this.#storage = storage;
  }

  /** What the module keeps; null when it has no tables, or could not read them in time. */
  async storage(now: Date, timeoutMs: number): Promise<ModuleStorage | null> {
    return settle(async () => (await this.#storage?.(now)) ?? null, { late: null, timeoutMs });
  }

  /** Runs all checks now; one that takes longer counts as not ready. */
  async report(timeoutMs = CHECK_TIMEOUT_MS): Promise<{ ready: boolean; checks: Record<string, boolean> }> {
    const entries = await Promise.all(
      [...this.#checks].map(
        async ([name, check]) => [name, await settle(check, { late: false, timeoutMs })] as const,
      ),
    );
    return { ready: entries.every(([, isUp]) => isUp), checks: Object.fromEntries(entries) };
  }
}

const settle = async <T>(
  work: () => Promise<T> | T,
  { late, timeoutMs }: { late: T; timeoutMs: number },
): Promise<T> => {
  let timer: NodeJS.Timeout | undefined;
  const isLate = new Promise<T>((resolve) => (timer = setTimeout(() => resolve(late), timeoutMs)));
  try {
    return await Promise.race([Promise.resolve().then(work), isLate]);
  } catch {
    return late;
  } finally {
    clearTimeout(timer);
  }
};
