import { sha256 } from '@noble/hashes/sha2.js';
import { contextDigest, type ChainContext } from './context.js';
import { readHex, writeHex } from './hex.js';
import { MAX_U32, requireInteger } from './integer.js';
import { isWellFormed, writeUtf8 } from './utf8.js';

/** A token and the text it releases; the text of several tokens may be empty while a character is still open. */
export type Token = readonly [id: number, text: string];

/** A place in a chain: the link (hex) after `count` tokens. */
export interface ChainPoint {
  count: number;
  head: string;
}

const LINK = 32;
const HEADER = LINK + 12;

/** One buffer for all chains: hashing is synchronous and keeps nothing. Larger texts get a buffer of their own. */
const scratch = new Uint8Array(4096);

/**
 * The hash chain over one choice of an answer:
 * `link_i = H(link_{i-1} i[u32] tokenId_i[u32] len[u32] text_i)`, `i` absolute from 1, text in UTF-8, and
 * `link_0 = context`, or `H(context k[u32] link_k)` for an attempt that resumes after k > 0 accepted tokens.
 */
export class Chain {
  #head: Uint8Array;
  #count: number;

  /**
   * @param context what the chain belongs to; null continues from the known point `resume` (see `follow`).
   * @param resume the accepted prefix that a later attempt continues; a count of 0 is the same as no prefix.
   * @throws RangeError naming the field that is malformed.
   */
  constructor(context: ChainContext | null, resume?: ChainPoint) {
    if (resume) requireInteger(resume.count, 'count', 0, MAX_U32);
    this.#count = resume?.count ?? 0;
    if (context === null) {
      if (!resume) throw new RangeError('a chain without a context needs the point that it continues from');
      this.#head = readHex(resume.head, LINK, 'head');
    } else {
      const link = contextDigest(context);
      this.#head = resume && resume.count > 0 ? resumedLink(link, resume) : link;
    }
  }

  /**
   * Continues from a known head without its context: what a router does, and how a chain is copied.
   * @throws RangeError when `head` is not a link or `count` not a u32.
   */
  static follow(head: string, count: number): Chain {
    return new Chain(null, { head, count });
  }

  /** The newest link, hex. Converted when asked for: keep it rather than ask per token. */
  get head(): string {
    return writeHex(this.#head);
  }

  /** Tokens up to the head, those of earlier attempts included. */
  get count(): number {
    return this.#count;
  }

  /**
   * Adds one token and returns the new link, hex.
   * @throws RangeError when the id is not a u32 or the text holds a lone surrogate; the chain is then unchanged.
   */
  append(id: number, text: string): string {
    this.#step(id, text);
    return this.head;
  }

  /**
   * Adds the tokens of a frame and returns the last link, hex: one conversion per frame instead of one per token.
   * @throws RangeError as `append` does; the chain is then unchanged.
   */
  appendAll(tokens: readonly Token[]): string {
    const [head, count] = [this.#head, this.#count];
    try {
      for (const [id, text] of tokens) this.#step(id, text);
    } catch (error) {
      [this.#head, this.#count] = [head, count];
      throw error;
    }
    return this.head;
  }

  #step(id: number, text: string): void {
    requireInteger(id, 'token id', 0, MAX_U32);
    requireInteger(this.#count, 'count', 0, MAX_U32 - 1);
    if (!isWellFormed(text))
      throw new RangeError('token text holds a lone surrogate, which UTF-8 cannot carry');
    // UTF-8 needs at most three bytes for one UTF-16 unit.
    const room = HEADER + text.length * 3;
    const buffer = room <= scratch.length ? scratch : new Uint8Array(room);
    const length = text === '' ? 0 : writeUtf8(text, buffer.subarray(HEADER));
    const index = this.#count + 1;
    buffer.set(this.#head);
    writeU32(buffer, LINK, index);
    writeU32(buffer, LINK + 4, id);
    writeU32(buffer, LINK + 8, length);
    this.#head = sha256(buffer.subarray(0, HEADER + length));
    this.#count = index;
  }
}

function resumedLink(context: Uint8Array, resume: ChainPoint): Uint8Array {
  const bytes = new Uint8Array(LINK + 4 + LINK);
  bytes.set(context);
  writeU32(bytes, LINK, resume.count);
  bytes.set(readHex(resume.head, LINK, 'head'), LINK + 4);
  return sha256(bytes);
}

function writeU32(bytes: Uint8Array, offset: number, value: number): void {
  bytes[offset] = value >>> 24;
  bytes[offset + 1] = value >>> 16;
  bytes[offset + 2] = value >>> 8;
  bytes[offset + 3] = value;
}
