import type { Automaton, State } from './automaton.js';

/** Work for one list, in bytes that lead on times the ways to read on: some tenths of a second. */
const MOST_WORK = 1_000_000;

/** Tokens in the order of their bytes, so that those that begin alike are read together. */
export class TokenList {
  readonly #ids: Uint32Array;
  readonly #bytes: readonly Uint8Array[];
  /** The length of the beginning that each token shares with the one before it. */
  readonly #shared: Uint32Array;
  readonly #longest: number;

  constructor(tokens: readonly { id: number; bytes: Uint8Array }[]) {
    const sorted = tokens
      .map(({ id, bytes }) => ({ id, bytes, order: Buffer.from(bytes).toString('latin1') }))
      .sort((a, b) => (a.order < b.order ? -1 : a.order > b.order ? 1 : a.id - b.id));
    this.#ids = Uint32Array.from(sorted, ({ id }) => id);
    this.#bytes = sorted.map(({ bytes }) => bytes);
    this.#shared = Uint32Array.from(sorted, ({ bytes }, at) => sharedLength(sorted[at - 1]?.bytes, bytes));
    this.#longest = sorted.reduce((longest, { bytes }) => Math.max(longest, bytes.length), 0);
  }

  /**
   * Sets the bits of the tokens that may follow.
   * @returns false when that was given up as too much work, on every machine alike
   */
  allow(mask: Uint32Array, automaton: Automaton, state: State): boolean {
    const path = new Array<State>(this.#longest + 1).fill(state);
    const { classOf } = automaton;
    let work = 0;
    let readable = 0; // bytes of the token before that could be read
    for (let at = 0; at < this.#ids.length; at++) {
      let depth = this.#shared[at]!;
      if (depth > readable) continue; // what the token before it failed at is here too
      const bytes = this.#bytes[at]!;
      while (depth < bytes.length) {
        const from = path[depth]!;
        const byte = bytes[depth]!;
        const known = from.after[classOf[byte]!];
        const next = known === undefined ? automaton.step(from, byte) : known;
        if (next === null) break;
        // A loop on one state is one step, however often it is taken; what counts may not depend on what is known.
        if (next !== from) work += next.threads.length;
        path[++depth] = next;
      }
      readable = depth;
      if (depth === bytes.length) mask[this.#ids[at]! >>> 5]! |= 1 << (this.#ids[at]! & 31);
      if (work > MOST_WORK) return false;
    }
    return true;
  }
}

function sharedLength(before: Uint8Array | undefined, bytes: Uint8Array): number {
  let length = 0;
  while (before !== undefined && length < bytes.length && before[length] === bytes[length]) length++;
  return length;
}
