/** Is this process ready to serve? Each part that can be away registers a check; all must hold. */
export class Health {
  readonly #checks = new Map<string, () => Promise<boolean> | boolean>();

  /** Registers a named check; one that throws counts as not ready. */
  require(name: string, check: () => Promise<boolean> | boolean): void {
    this.#checks.set(name, check);
  }

  /** Runs all checks now. */
  async report(): Promise<{ ready: boolean; checks: Record<string, boolean> }> {
    const entries = await Promise.all(
      [...this.#checks].map(async ([name, check]) => [name, await settle(check)] as const),
    );
    return { ready: entries.every(([, isUp]) => isUp), checks: Object.fromEntries(entries) };
  }
}

const CHECK_TIMEOUT_MS = 2_000;

const settle = async (check: () => Promise<boolean> | boolean): Promise<boolean> => {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<boolean>(
    (resolve) => (timer = setTimeout(() => resolve(false), CHECK_TIMEOUT_MS)),
  );
  try {
    return await Promise.race([Promise.resolve().then(check), late]);
  } catch {
    return false;
  } finally {
    clearTimeout(timer);
  }
};
