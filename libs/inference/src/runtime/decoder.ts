/** What a scheduler needs of a loaded model, whichever binding runs it. */

export interface Room {
  /** Sequences held at once. */
  rows: number;
  /** Tokens of one sequence. */
  capacity: number;
  /** Tokens that one run adds to a row at most. */
  longestRun: number;
}

/**
 * A decoder with room for several sequences, its rows: 0 … `rows` - 1, each with the attention state of up to
 * `capacity` tokens. One run at a time: a method that runs must settle before the next is called.
 */
export interface Decoder {
  readonly rows: number;
  readonly capacity: number;
  /** Whether `appendEach` is one run; then it costs less the fewer rows lie between its first and last token. */
  readonly sharesRuns: boolean;
  /**
   * Appends tokens to one row.
   * @param ids at least one
   * @returns the raw logits after the last of them, of the vocabulary's length; valid until the next run
   */
  append(row: number, ids: readonly number[]): Promise<Float32Array>;
  /**
   * Appends tokens to one row, and answers for every one of them: how a claim is scored without being decoded. Kernels
   * round differently for several tokens than for one, so the logits are near those of a decode, and not their bits.
   * @param ids at least one, at most `longestRun` of the room: that bounds the logits
   * @returns the raw logits after each of them; valid until the next run of this method
   */
  appendAll(row: number, ids: readonly number[]): Promise<Float32Array[]>;
  /**
   * Appends one token to each of several rows.
   * @param ids by row, from row 0; undefined leaves a row as it is
   * @returns by row likewise: the raw logits, valid until the next run
   */
  appendEach(ids: readonly (number | undefined)[]): Promise<(Float32Array | undefined)[]>;
  /** Tokens that the row holds. */
  lengthOf(row: number): number;
  /** Forgets what comes after the first `length` tokens of the row. */
  truncate(row: number, length: number): void;
  /** Gives a row the first `length` tokens of another, in place of its own. */
  copy(from: number, to: number, length: number): void;
  /** Ends the run under way as soon as the binding can: it may then reject, and no row is longer for it. */
  interrupt(): void;
  close(): Promise<void>;
}
