import type { Piece } from './chat-stream.js';

/** Pieces pushed by events, pulled by one reader. */
export class PieceQueue implements AsyncIterable<Piece> {
  readonly #pieces: Piece[] = [];
  #wake: (() => void) | undefined;
  #end: { error: unknown } | undefined;

  push(piece: Piece): void {
    this.#pieces.push(piece);
    this.wake();
  }

  /** No more come; with an error the reader hears it after the last piece. */
  end(error?: unknown): void {
    this.#end ??= { error };
    this.wake();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Piece, void, void> {
    for (;;) {
      for (let piece = this.#pieces.shift(); piece; piece = this.#pieces.shift()) yield piece;
      if (this.#end) {
        if (this.#end.error !== undefined) throw this.#end.error;
        return;
      }
      await new Promise<void>((resolve) => (this.#wake = resolve));
    }
  }

  private wake(): void {
    this.#wake?.();
    this.#wake = undefined;
  }
}
