import type { ServedGraph } from '../served-graph.js';
import type { Pointer } from './ort-api.js';
import { addressOf, type OrtSession } from './ort-session.js';

/** What one run adds to some rows: as many tokens to each. */
export interface Addition {
  /** Row after row. */
  ids: readonly number[];
  /** Tokens of each row, with those added. */
  totals: readonly number[];
  /** How many of the last positions of each row are to have logits, where the graph can be told. */
  answers: number;
}

/** The inputs of a decoder's runs besides its attention state, in memory that is there once and for all. */
export class RunInputs {
  readonly names: readonly string[];
  readonly #session: OrtSession;
  readonly #ids: BigInt64Array;
  readonly #mask: BigInt64Array;
  readonly #positions: BigInt64Array;
  readonly #asked: BigInt64Array;
  readonly #kept: BigInt64Array;
  readonly #makers: ((addition: Addition) => Pointer)[] = [];

  /** @param room tokens of one run, and rows times tokens of a row */
  constructor(session: OrtSession, graph: ServedGraph, room: { run: number; all: number }) {
    this.#session = session;
    this.#ids = integers(room.run);
    this.#mask = integers(room.all);
    this.#positions = integers(room.run);
    this.#asked = integers(room.run);
    this.#kept = integers(1);
    const { shape, hasLogitsPositions } = graph;
    const names: string[] = [];
    const add = (name: string, isThere: boolean, make: (addition: Addition) => Pointer): void => {
      if (!isThere) return;
      names.push(name);
      this.#makers.push(make);
    };
    add('input_ids', true, (addition) => this.#idTensor(addition));
    add('attention_mask', shape.hasAttentionMask, (addition) => this.#maskTensor(addition));
    add('position_ids', shape.hasPositionIds, (addition) => this.#positionTensor(addition));
    add('logits_positions', hasLogitsPositions, (addition) => this.#askedTensor(addition));
    add('num_logits_to_keep', shape.hasLogitsToKeep, (addition) => this.#keptTensor(addition));
    this.names = names;
  }

  /** Tensors in the order of the names; to be released after the run, before which no others may be made. */
  make(addition: Addition): Pointer[] {
    return this.#makers.map((make) => make(addition));
  }

  #idTensor(addition: Addition): Pointer {
    for (const [at, id] of addition.ids.entries()) this.#ids[at] = BigInt(id);
    return this.#tensor(this.#ids, [addition.totals.length, eachOf(addition)]);
  }

  /** Padded on the right to the longest row. */
  #maskTensor({ totals }: Addition): Pointer {
    const width = Math.max(...totals);
    for (const [row, total] of totals.entries()) {
      this.#mask.fill(1n, row * width, row * width + total);
      this.#mask.fill(0n, row * width + total, (row + 1) * width);
    }
    return this.#tensor(this.#mask, [totals.length, width]);
  }

  #positionTensor(addition: Addition): Pointer {
    const each = eachOf(addition);
    for (const [row, total] of addition.totals.entries()) {
      for (let at = 0; at < each; at++) this.#positions[row * each + at] = BigInt(total - each + at);
    }
    return this.#tensor(this.#positions, [addition.totals.length, each]);
  }

  #askedTensor(addition: Addition): Pointer {
    const first = eachOf(addition) - addition.answers;
    for (let at = 0; at < addition.answers; at++) this.#asked[at] = BigInt(first + at);
    return this.#tensor(this.#asked, [addition.answers]);
  }

  #keptTensor({ answers }: Addition): Pointer {
    this.#kept[0] = BigInt(answers);
    return this.#tensor(this.#kept, []);
  }

  #tensor(memory: BigInt64Array, dims: readonly number[]): Pointer {
    return this.#session.tensor(addressOf(memory), 'int64', dims);
  }
}

function eachOf({ ids, totals }: Addition): number {
  return ids.length / totals.length;
}

function integers(length: number): BigInt64Array {
  return new BigInt64Array(new ArrayBuffer(8 * length));
}
