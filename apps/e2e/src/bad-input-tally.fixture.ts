/** What came of one bad message. */
export interface Outcome {
  /** The way it went: `REST`, `socket`, … */
  readonly way: string;
  /** What was sent, and where. */
  readonly what: string;
  /** A status, a fault's code, `OK`, … */
  readonly outcome: string;
  /** Set when that must not come of it. */
  readonly offence?: string | undefined;
}

const MOST_OFFENCES = 2_000;

/** Counts what came of every message. */
export class Tally {
  readonly #counts = new Map<string, number>();
  readonly #seconds = new Map<string, number>();
  readonly offences: string[] = [];
  total = 0;

  note({ way, what, outcome, offence }: Outcome): void {
    this.total += 1;
    const key = `${way} ${outcome}`;
    this.#counts.set(key, (this.#counts.get(key) ?? 0) + 1);
    if (offence !== undefined && this.offences.length < MOST_OFFENCES)
      this.offences.push(`${way}: ${what}: ${offence}`);
  }

  /** How often this came of messages on this way. */
  count(way: string, outcome?: string): number {
    const wanted = outcome === undefined ? `${way} ` : `${way} ${outcome}`;
    return [...this.#counts]
      .filter(([key]) => (outcome === undefined ? key.startsWith(wanted) : key === wanted))
      .reduce((sum, [, count]) => sum + count, 0);
  }

  took(stage: string, ms: number): void {
    this.#seconds.set(stage, (this.#seconds.get(stage) ?? 0) + ms / 1_000);
  }

  /** A line for each way and each stage, for people. */
  summary(): string {
    const lines = [...this.#counts].sort(([a], [b]) => a.localeCompare(b));
    const times = [...this.#seconds].map(([stage, seconds]) => `${stage} ${seconds.toFixed(1)} s`);
    return [...lines.map(([key, count]) => `${key}: ${count}`), times.join(', ')].join('\n');
  }
}

/** Runs jobs side by side, so many at once. */
export const inParallel = async <T>(
  jobs: readonly T[],
  width: number,
  run: (job: T) => Promise<void>,
): Promise<void> => {
  const rest = jobs[Symbol.iterator]();
  const work = async (): Promise<void> => {
    for (let next = rest.next(); !next.done; next = rest.next()) await run(next.value);
  };
  await Promise.all(Array.from({ length: width }, work));
};
