import type { DataFolder } from './data-folder.js';

/** The clock of a network's processes: they read it from a file, every 50 ms at most. */
export class TestClock {
  #offsetMs = 0;

  private constructor(private readonly data: DataFolder) {}

  static async create(data: DataFolder): Promise<TestClock> {
    const clock = new TestClock(data);
    await clock.write();
    return clock;
  }

  get file(): string {
    return this.data.in('clock.json');
  }

  /** Moves the time of all processes forward. */
  async advance(ms: number): Promise<void> {
    this.#offsetMs += ms;
    await this.write();
  }

  private write(): Promise<void> {
    return this.data.replace('clock.json', JSON.stringify({ offsetMs: this.#offsetMs, scale: 1 }));
  }
}
