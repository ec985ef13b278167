/** What a node remembers of attempts that have ended, so that a late or repeated order finds its answer. */
export interface KeptCommit {
  /** The data, until the queue has it. */
  text: string | undefined;
  /** Epoch ms by the node's clock. */
  readonly forgetAt: number;
}

export interface KeepLimits {
  readonly commits: number;
  /** UTF-16 units of all texts together. */
  readonly units: number;
}

const LIMITS: KeepLimits = { commits: 10_000, units: 64 * 1024 * 1024 };

/** Keeps the newest commits within bounds: a node that nobody asks for its data must not grow without end. */
export class KeptCommits {
  readonly #kept = new Map<string, KeptCommit>();
  #units = 0;

  constructor(private readonly limits: KeepLimits = LIMITS) {}

  /** Attempts whose data the queue has not got yet. */
  get unrevealed(): number {
    return [...this.#kept.values()].filter(({ text }) => text !== undefined).length;
  }

  get(key: string): KeptCommit | undefined {
    return this.#kept.get(key);
  }

  add(key: string, commit: KeptCommit): void {
    this.forget(key);
    this.#kept.set(key, commit);
    this.#units += commit.text?.length ?? 0;
    for (const oldest of this.#kept.keys()) {
      if (this.#kept.size <= this.limits.commits && this.#units <= this.limits.units) break;
      if (oldest !== key) this.forget(oldest);
    }
  }

  /** The queue has the data, or no longer wants it: only the memory of the attempt stays. */
  dropText(key: string): void {
    const commit = this.#kept.get(key);
    if (commit?.text === undefined) return;
    this.#units -= commit.text.length;
    commit.text = undefined;
  }

  /** Forgets what is over by `now`. */
  expire(now: number): void {
    for (const [key, { forgetAt }] of this.#kept) if (forgetAt <= now) this.forget(key);
  }

  private forget(key: string): void {
    this.dropText(key);
    this.#kept.delete(key);
  }
}
