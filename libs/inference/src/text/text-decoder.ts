import type { TokenPiece } from './token-bytes.js';
import { openTailLength } from './utf8-tail.js';

/**
 * Turns tokens into text as they come, whole characters only. U+0000 becomes U+FFFD: no database holds it, and the
 * network refuses text that does.
 */
export class TokenTextDecoder {
  readonly #pieceOf: (id: number) => TokenPiece;
  #dropsSpace: boolean;
  #open = new Uint8Array(0);
  // A decoder of its own for each call would be the same: nothing is kept between calls.
  readonly #utf8 = new TextDecoder('utf-8', { ignoreBOM: true });

  constructor(pieceOf: (id: number) => TokenPiece, dropsFirstSpace: boolean) {
    this.#pieceOf = pieceOf;
    this.#dropsSpace = dropsFirstSpace;
  }

  /** The characters that are complete with this token. */
  push(id: number): string {
    const piece = this.#pieceOf(id);
    if (piece.kind === 'silent') return '';
    if (piece.kind === 'literal') return this.flush() + this.#trimmed(piece.text);
    const bytes = new Uint8Array(this.#open.length + piece.bytes.length);
    bytes.set(this.#open);
    bytes.set(piece.bytes, this.#open.length);
    const end = bytes.length - openTailLength(bytes);
    this.#open = bytes.slice(end);
    return this.#trimmed(this.#utf8.decode(bytes.subarray(0, end)));
  }

  /** What is still open when no token follows: an unfinished character becomes U+FFFD. */
  flush(): string {
    const text = this.#utf8.decode(this.#open);
    this.#open = new Uint8Array(0);
    return this.#trimmed(text);
  }

  #trimmed(decoded: string): string {
    const text = decoded.replaceAll('\0', '\uFFFD');
    if (!this.#dropsSpace || text === '') return text;
    this.#dropsSpace = false;
    return text.startsWith(' ') ? text.slice(1) : text;
  }
}
