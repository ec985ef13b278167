import type { Automaton, State } from './automaton.js';
import { TokenList } from './token-list.js';

/** All bytes that documents are made of. */
const NEEDED: readonly [number, number][] = [
  [0x0a, 0x0a],
  [0x20, 0x7e],
  [0x80, 0xbf],
  [0xc2, 0xf4],
];

/** Characters of a token at most, for it to be allowed without reading it where text is free. */
const SHORT = 16;

/** Which tokens of a vocabulary may come next. */
export class VocabularyMasks {
  readonly #bytesOf: (id: number) => Uint8Array | undefined;
  readonly #words: number;
  /** Tokens of a few whole characters that stand for themselves in a JSON string; most tokens are. */
  readonly #plain: TokenList;
  readonly #plainMask: Uint32Array;
  readonly #others: TokenList;
  /** All that is looked at where the others would be too much work; enough to go on. */
  readonly #single: TokenList;
  /** Whether every byte that a document may need next has a token of its own. */
  readonly isComplete: boolean;

  /** @param bytesOf what a token adds to the text; undefined for a token that stands for no text */
  constructor(vocabSize: number, bytesOf: (id: number) => Uint8Array | undefined) {
    this.#bytesOf = bytesOf;
    this.#words = Math.ceil(vocabSize / 32);
    this.#plainMask = new Uint32Array(this.#words);
    const plain: { id: number; bytes: Uint8Array }[] = [];
    const others: { id: number; bytes: Uint8Array }[] = [];
    const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
    for (let id = 0; id < vocabSize; id++) {
      const bytes = bytesOf(id);
      if (bytes === undefined || bytes.length === 0) continue;
      const isPlain = isShortAndPlain(utf8, bytes);
      (isPlain ? plain : others).push({ id, bytes });
      if (isPlain) this.#plainMask[id >>> 5]! |= 1 << (id & 31);
    }
    this.#plain = new TokenList(plain);
    this.#others = new TokenList(others);
    const single = [...plain, ...others].filter(({ bytes }) => bytes.length === 1);
    this.#single = new TokenList(single);
    this.isComplete = areComplete(new Set(single.map(({ bytes }) => bytes[0]!)));
  }

  /** What follows a token, or null when it may not come. */
  after(automaton: Automaton, state: State, id: number): State | null {
    const bytes = this.#bytesOf(id);
    if (bytes === undefined || bytes.length === 0) return null;
    let next: State | null = state;
    for (const byte of bytes) {
      next = automaton.step(next, byte);
      if (next === null) return null;
    }
    return next;
  }

  /** The tokens that may follow: bit `id % 32` of word `floor(id / 32)`. */
  mask(automaton: Automaton, state: State): Uint32Array {
    if (state.mask !== undefined) return state.mask;
    const isFree = state.free >= SHORT;
    const mask = isFree ? this.#plainMask.slice() : new Uint32Array(this.#words);
    const isDone =
      (isFree || this.#plain.allow(mask, automaton, state)) && this.#others.allow(mask, automaton, state);
    if (!isDone) this.#single.allow(mask.fill(0), automaton, state);
    automaton.keepMask(state, mask);
    return mask;
  }
}

function areComplete(bytes: ReadonlySet<number>): boolean {
  return NEEDED.every(([low, high]) => {
    for (let byte = low; byte <= high; byte++) if (!bytes.has(byte)) return false;
    return true;
  });
}

function isShortAndPlain(utf8: InstanceType<typeof TextDecoder>, bytes: Uint8Array): boolean {
  if (bytes.length > 4 * SHORT) return false;
  let isAscii = true;
  for (const byte of bytes) {
    if (byte < 0x20 || byte === 0x22 || byte === 0x5c) return false;
    if (byte > 0x7f) isAscii = false;
  }
  if (isAscii) return bytes.length <= SHORT;
  try {
    return [...utf8.decode(bytes)].length <= SHORT;
  } catch {
    return false; // a part of a character
  }
}
