/** One kind of sweep: at most one at a time, and once more when another was wanted meanwhile. */
export class Sweeping {
  #running: Promise<void> | null = null;
  #isWanted = false;
  #isStopping = false;

  /** @param failed hears of sweeps that did not end well; the next one comes all the same */
  constructor(
    private readonly sweep: () => Promise<void>,
    private readonly failed: (error: unknown) => void,
  ) {}

  /** Sweeps now, or again when a sweep is under way that may have passed the newest. */
  soon(): void {
    this.#isWanted = true;
    this.#running ??= this.run().finally(() => (this.#running = null));
  }

  /** Resolves when none is under way. */
  async done(): Promise<void> {
    await this.#running;
  }

  /** Finishes what is under way, and begins no other. */
  async stop(): Promise<void> {
    this.#isStopping = true;
    await this.done();
  }

  private async run(): Promise<void> {
    while (this.#isWanted && !this.#isStopping) {
      this.#isWanted = false;
      await this.sweep().catch(this.failed);
    }
  }
}
