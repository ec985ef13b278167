import type { Decoder, Room } from '../decoder.js';
import { halvesToFloats } from '../half.js';
import type { ServedGraph } from '../served-graph.js';
import type { Pointer } from './ort-api.js';
import { addressOf, type OrtSession, type PreparedRun } from './ort-session.js';
import { type Addition, RunInputs } from './run-inputs.js';

/**
 * A GroupQueryAttention decoder whose attention state never moves: the past of each layer and the present that
 * continues it are one buffer of [rows, heads, capacity, head size], into which each run writes its new tokens. Rows
 * of different lengths share a run, padded on the right; the attention mask tells their lengths.
 */
export class InPlaceDecoder implements Decoder {
  readonly rows: number;
  readonly capacity: number;
  #sharesRuns: boolean;
  readonly #session: OrtSession;
  readonly #graph: ServedGraph;
  readonly #inputs: RunInputs;
  readonly #run: PreparedRun;
  readonly #lengths: number[];
  readonly #caches: Uint8Array[];
  readonly #rowBytes: number;
  /** Tokens of one run, at most: so much memory its inputs and answers have. */
  readonly #longest: number;
  /** Cache tensors by their first row and number of rows; they outlive the runs. */
  readonly #cacheTensors = new Map<string, BigUint64Array>();
  readonly #logits: Uint8Array;
  /** Of the positions of one run; apart, so that they stay while others decode. */
  readonly #allLogits: Uint8Array;

  /** @param graph with attention `gqa` */
  constructor(session: OrtSession, graph: ServedGraph, room: Room) {
    const { shape } = graph;
    const pairs = shape.cache.flatMap(({ key, value }) => [key, value]);
    this.rows = room.rows;
    this.capacity = room.capacity;
    this.#sharesRuns = shape.canShareRows;
    this.#session = session;
    this.#graph = graph;
    this.#lengths = new Array<number>(room.rows).fill(0);
    this.#rowBytes = shape.keyValueHeads * room.capacity * shape.headSize * BYTES[shape.cacheType];
    // The system gives a page of such memory only when it is first written: an idle row takes none.
    this.#caches = pairs.map(() => new Uint8Array(new ArrayBuffer(room.rows * this.#rowBytes)));
    this.#longest = Math.max(room.rows, room.longestRun);
    this.#inputs = new RunInputs(session, graph, { run: this.#longest, all: room.rows * room.capacity });
    const answers = this.#answersLastOnly ? room.rows : this.#longest;
    const answerBytes = shape.vocabSize * BYTES[shape.logitsType];
    this.#logits = new Uint8Array(new ArrayBuffer(answers * answerBytes));
    this.#allLogits = new Uint8Array(new ArrayBuffer(room.longestRun * answerBytes));
    this.#run = session.prepare(
      [...this.#inputs.names, ...pairs.map(({ past }) => past)],
      ['logits', ...pairs.map(({ present }) => present)],
    );
  }

  get sharesRuns(): boolean {
    return this.#sharesRuns;
  }

  /** From now on every row has a run of its own. */
  separateRuns(): void {
    this.#sharesRuns = false;
  }

  lengthOf(row: number): number {
    return this.#lengths[row]!;
  }

  truncate(row: number, length: number): void {
    this.#lengths[row] = Math.min(length, this.#lengths[row]!);
  }

  copy(from: number, to: number, length: number): void {
    const heads = this.#graph.shape.keyValueHeads;
    const headBytes = this.#rowBytes / heads;
    const bytes = (headBytes / this.capacity) * length;
    for (const cache of this.#caches) {
      for (let head = 0; head < heads; head++) {
        const start = from * this.#rowBytes + head * headBytes;
        cache.copyWithin(to * this.#rowBytes + head * headBytes, start, start + bytes);
      }
    }
    this.#lengths[to] = length;
  }

  async append(row: number, ids: readonly number[]): Promise<Float32Array> {
    const total = this.#lengths[row]! + ids.length;
    await this.#compute(row, { ids, totals: [total], answers: 1 }, this.#logits);
    this.#lengths[row] = total;
    return this.#logitsAt(this.#logits, this.#answersLastOnly ? 0 : ids.length - 1);
  }

  async appendAll(row: number, ids: readonly number[]): Promise<Float32Array[]> {
    const total = this.#lengths[row]! + ids.length;
    await this.#compute(row, { ids, totals: [total], answers: ids.length }, this.#allLogits);
    this.#lengths[row] = total;
    return ids.map((_, at) => this.#logitsAt(this.#allLogits, at));
  }

  async appendEach(ids: readonly (number | undefined)[]): Promise<(Float32Array | undefined)[]> {
    if (!this.#sharesRuns) return this.#appendInTurn(ids);
    // A row without a token is computed too, where nobody looks; what comes after a row's length counts for nothing.
    const totals = ids.map((_, row) => Math.min(this.#lengths[row]! + 1, this.capacity));
    const tokens = ids.map((id) => id ?? 0);
    await this.#compute(0, { ids: tokens, totals, answers: 1 }, this.#logits);
    return ids.map((id, row) => {
      if (id === undefined) return undefined;
      this.#lengths[row] = totals[row]!;
      return this.#logitsAt(this.#logits, row);
    });
  }

  async #appendInTurn(ids: readonly (number | undefined)[]): Promise<(Float32Array | undefined)[]> {
    const answers: (Float32Array | undefined)[] = [];
    for (const [row, id] of ids.entries())
      answers.push(id === undefined ? undefined : (await this.append(row, [id])).slice());
    return answers;
  }

  interrupt(): void {
    this.#run.interrupt();
  }

  close(): Promise<void> {
    this.#session.release();
    return Promise.resolve();
  }

  get #answersLastOnly(): boolean {
    return this.#graph.hasLogitsPositions || this.#graph.shape.hasLogitsToKeep;
  }

  async #compute(first: number, addition: Addition, answers: Uint8Array): Promise<void> {
    const { ids, totals } = addition;
    const longest = Math.max(...totals);
    if (longest > this.capacity) throw new RangeError(`${longest} tokens in a row of ${this.capacity}`);
    // Beyond its end the native code would read and write what is not ours.
    if (ids.length > this.#longest) throw new RangeError(`${ids.length} tokens in a run of ${this.#longest}`);
    const { logitsType, vocabSize } = this.#graph.shape;
    const positions = this.#answersLastOnly ? addition.answers : ids.length / totals.length;
    const values = this.#inputs.make(addition);
    const logits = this.#session.tensor(addressOf(answers), logitsType, [
      totals.length,
      positions,
      vocabSize,
    ]);
    const caches = this.#cachesOf(first, totals.length);
    this.#run.inputs.set([...values, ...caches]);
    this.#run.outputs.set([logits, ...caches]);
    try {
      await this.#run.run();
    } finally {
      for (const value of [...values, logits]) this.#session.releaseValue(value);
    }
  }

  #cachesOf(first: number, count: number): BigUint64Array {
    const key = `${first}+${count}`;
    const { keyValueHeads, headSize, cacheType } = this.#graph.shape;
    const made =
      this.#cacheTensors.get(key) ??
      BigUint64Array.from(this.#caches, (cache): Pointer => {
        const address = addressOf(cache) + BigInt(first * this.#rowBytes);
        return this.#session.tensor(address, cacheType, [count, keyValueHeads, this.capacity, headSize]);
      });
    this.#cacheTensors.set(key, made);
    return made;
  }

  #logitsAt(answers: Uint8Array, at: number): Float32Array {
    const { vocabSize, logitsType } = this.#graph.shape;
    const start = at * vocabSize * BYTES[logitsType];
    if (logitsType === 'float32') return new Float32Array(answers.buffer, start, vocabSize);
    return halvesToFloats(new Uint16Array(answers.buffer, start, vocabSize));
  }
}

const BYTES = { float32: 4, float16: 2 } as const;
