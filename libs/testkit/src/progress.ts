/** What a start tells of itself. */
export type ProgressEvent =
  | { kind: 'begin'; step: string }
  | { kind: 'end'; step: string; ms: number }
  | { kind: 'note'; text: string };

/** Passes on what a start is doing. */
export class Progress {
  constructor(
    private readonly tell: (event: ProgressEvent) => void = () => {},
    private readonly signal?: AbortSignal,
  ) {}

  note(text: string): void {
    this.tell({ kind: 'note', text });
  }

  /** A failed step is not ended: the error says what happened. None begins after the start was given up. */
  async step<T>(step: string, work: () => Promise<T>): Promise<T> {
    this.signal?.throwIfAborted();
    const started = performance.now();
    this.tell({ kind: 'begin', step });
    const result = await work();
    this.tell({ kind: 'end', step, ms: performance.now() - started });
    return result;
  }
}
