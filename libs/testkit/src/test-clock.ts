import type { DataFolder } from './data-folder.js';

/** The clock of a network's processes: they read it from a file, every 50 ms at most. */
export class TestClock {
  #offsetMs = 0;
  readonly #since = Date.now();

  private constructor(
    private readonly data: DataFolder,
    private readonly scale: number,
  ) {}

  /** Goes `scale` times as fast as the real time from now on. */
  static async create(data: DataFolder, scale = 1): Promise<TestClock> {
    const clock = new TestClock(data, scale);
    await clock.write();
    return clock;
  }

  get file(): string {
    return this.data.in('clock.json');
  }

  /** The time that all processes see, in epoch ms. */
  ms(): number {
    return this.#since + this.#offsetMs + (Date.now() - this.#since) * this.scale;
  }

  /** Moves the time of all processes forward. */
  async advance(ms: number): Promise<void> {
    this.#offsetMs += ms;
    await this.write();
  }

  private write(): Promise<void> {
    const control = { offsetMs: this.#offsetMs, scale: this.scale, since: this.#since };
    return this.data.replace('clock.json', JSON.stringify(control));
  }
}
