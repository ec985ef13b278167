import { createHash } from 'node:crypto';
import type { Random } from '../questions.js';

const DOMAIN = 'ganglion/round-draw/v1\0';

/**
 * Numbers that a seed decides: the bytes are `H("ganglion/round-draw/v1" 0x00 seed[32] block[u32])` for block 0, 1, …,
 * read from front to back.
 */
export class SeededDraw {
  readonly #seed: Buffer;
  #block: Buffer = Buffer.alloc(0);
  #next = 0;

  /** @param seed 32 bytes in hex */
  constructor(seed: string) {
    this.#seed = Buffer.from(seed, 'hex');
  }

  bytes(count: number): Buffer {
    const made: Buffer[] = [];
    for (let missing = count; missing > 0;) {
      if (this.#block.length === 0) this.#block = this.block(this.#next++);
      const part = this.#block.subarray(0, missing);
      this.#block = this.#block.subarray(part.length);
      made.push(part);
      missing -= part.length;
    }
    return Buffer.concat(made);
  }

  /** A whole number below `below`, at most 2³²; even but for one part in 2²¹. */
  readonly below: Random = (below) => Number((BigInt(this.wide()) * BigInt(below)) >> 53n);

  /** Uniform in 0 … 2⁵³−1, as the seeds of users' requests. */
  wide(): number {
    return Number(this.bytes(8).readBigUInt64BE() >> 11n);
  }

  private block(index: number): Buffer {
    const counter = Buffer.alloc(4);
    counter.writeUInt32BE(index);
    return createHash('sha256').update(DOMAIN).update(this.#seed).update(counter).digest();
  }
}
