export interface FileProgress {
  path: string;
  bytes: number;
  totalBytes: number;
}

export interface Progress {
  files: FileProgress[];
  bytes: number;
  totalBytes: number;
  /** Over the last seconds; 0 at the beginning. */
  bytesPerSecond: number;
  /** Undefined while nothing comes. */
  etaSeconds?: number;
}

const WINDOW_MS = 5_000;

/** Adds up what comes. Times are given, in milliseconds of any steady clock. */
export class ProgressMeter {
  readonly #files: FileProgress[];
  readonly #begun = new Set<string>();
  /** Since when, and how much had come then; what lay on the disk before is not speed. */
  #samples: { at: number; bytes: number }[] = [];

  constructor(files: readonly { path: string; bytes: number }[]) {
    this.#files = files.map(({ path, bytes }) => ({ path, bytes: 0, totalBytes: bytes }));
  }

  set(path: string, bytes: number, now: number): void {
    const file = this.#files.find((each) => each.path === path)!;
    const before = file.bytes;
    file.bytes = bytes;
    // The first report of a file is what an earlier run left, and a smaller one means that it begins again.
    if (!this.#begun.has(path) || bytes < before)
      for (const sample of this.#samples) sample.bytes += bytes - before;
    this.#begun.add(path);
    this.#sample(now);
  }

  at(now: number): Progress {
    this.#sample(now);
    const bytes = this.#sum();
    const totalBytes = this.#files.reduce((sum, file) => sum + file.totalBytes, 0);
    const first = this.#samples[0]!;
    const seconds = (now - first.at) / 1000;
    const bytesPerSecond = seconds > 0 ? Math.max(0, (bytes - first.bytes) / seconds) : 0;
    const eta = bytesPerSecond > 0 ? { etaSeconds: (totalBytes - bytes) / bytesPerSecond } : {};
    return { files: this.#files.map((file) => ({ ...file })), bytes, totalBytes, bytesPerSecond, ...eta };
  }

  #sum(): number {
    return this.#files.reduce((sum, file) => sum + file.bytes, 0);
  }

  #sample(now: number): void {
    const last = this.#samples.at(-1);
    if (last && now - last.at < 100) return;
    this.#samples.push({ at: now, bytes: this.#sum() });
    while (this.#samples.length > 2 && now - this.#samples[1]!.at >= WINDOW_MS) this.#samples.shift();
  }
}
