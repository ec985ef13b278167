import { InferenceSession, Tensor } from 'onnxruntime-node';
import { InferenceError } from '../inference-error.js';
import { fromHalf } from './half.js';
import type { NativeGate } from './native-gate.js';

/** The attention state of one completion; replaced at every step, never shared. */
export interface KeyValueCache {
  /** Tokens seen. */
  length: number;
  tensors: Record<string, Tensor>;
}

interface CacheInput {
  past: string;
  present: string;
  type: 'float32' | 'float16';
  /** [1, heads, 0, head size] */
  emptyShape: number[];
}

export interface GraphOptions {
  threads: number;
  vocabSize: number;
  /** How errors name the file. */
  field: string;
  gate: NativeGate;
}

/**
 * A decoder graph in ONNX Runtime: plain exports, with `position_ids`, and GroupQueryAttention exports, without.
 * One row at a time; the cache is copied out at every step, as the stock binding does.
 */
export class Graph {
  readonly #session: InferenceSession;
  readonly #cacheInputs: CacheInput[];
  readonly #options: GraphOptions;

  private constructor(session: InferenceSession, options: GraphOptions) {
    this.#session = session;
    this.#cacheInputs = cacheInputsOf(session);
    this.#options = options;
  }

  /** @throws InferenceError MODEL_INVALID when the file is no decoder that this engine can run */
  static async load(path: string, options: GraphOptions): Promise<Graph> {
    try {
      const creation: InferenceSession.SessionOptions = {
        executionProviders: ['cpu'],
        intraOpNumThreads: options.threads,
        interOpNumThreads: 1,
        graphOptimizationLevel: 'all',
        logSeverityLevel: 3,
        // Spinning threads halve the speed of everything else on a shared machine.
        extra: { session: { intra_op: { allow_spinning: '0' } } },
      };
      const graph = new Graph(
        await options.gate.pass(() => InferenceSession.create(path, creation)),
        options,
      );
      await graph.run([0], graph.emptyCache());
      return graph;
    } catch (cause) {
      const problem = `${options.field} cannot be run: ${(cause as Error).message}`;
      throw new InferenceError('MODEL_INVALID', problem, options.field, { cause });
    }
  }

  emptyCache(): KeyValueCache {
    const tensors: Record<string, Tensor> = {};
    for (const { past, type, emptyShape } of this.#cacheInputs) {
      const data = type === 'float16' ? new Uint16Array(0) : new Float32Array(0);
      tensors[past] = new Tensor(type, data as Float32Array, emptyShape);
    }
    return { length: 0, tensors };
  }

  /**
   * Continues a row.
   * @param ids at least one token: the whole prompt, or the last token made
   * @param cache moved on in place
   * @returns the raw logits of the last position, of the vocabulary's length
   */
  async run(ids: readonly number[], cache: KeyValueCache): Promise<Float32Array> {
    const total = cache.length + ids.length;
    const feeds: Record<string, Tensor> = { ...cache.tensors };
    for (const name of this.#session.inputNames) {
      if (name === 'input_ids') feeds[name] = row(ids.map(BigInt));
      if (name === 'attention_mask') feeds[name] = row(new Array<bigint>(total).fill(1n));
      if (name === 'position_ids') feeds[name] = row(ids.map((_, at) => BigInt(cache.length + at)));
      if (name === 'num_logits_to_keep') feeds[name] = new Tensor('int64', BigInt64Array.of(1n), []);
    }
    const results = await this.#options.gate.pass(() => this.#session.run(feeds));
    for (const { past, present } of this.#cacheInputs) cache.tensors[past] = results[present] as Tensor;
    cache.length = total;
    return this.#lastRow(results['logits'] as Tensor);
  }

  async close(): Promise<void> {
    await this.#options.gate.pass(() => this.#session.release());
  }

  #lastRow(logits: Tensor): Float32Array {
    const size = logits.dims.at(-1);
    if (size !== this.#options.vocabSize) {
      throw new Error(
        `its logits are ${size} wide, but config.json says vocab_size ${this.#options.vocabSize}`,
      );
    }
    const data = logits.data as Float32Array | Uint16Array;
    const last = data.slice(data.length - size);
    return logits.type === 'float16' ? Float32Array.from(last, fromHalf) : (last as Float32Array);
  }
}

function row(values: bigint[]): Tensor {
  return new Tensor('int64', BigInt64Array.from(values), [1, values.length]);
}

const KNOWN_INPUTS = new Set(['input_ids', 'attention_mask', 'position_ids', 'num_logits_to_keep']);

function cacheInputsOf(session: InferenceSession): CacheInput[] {
  const found: CacheInput[] = [];
  for (const [at, name] of session.inputNames.entries()) {
    if (KNOWN_INPUTS.has(name)) continue;
    const metadata = session.inputMetadata[at]!;
    const present = name.replace(/^past_key_values\./, 'present.');
    if (present === name || !session.outputNames.includes(present) || !metadata.isTensor) {
      throw new Error(`it has an input ${name}, which this engine does not know`);
    }
    const [heads, size] = [metadata.shape[1], metadata.shape[3]];
    const type = metadata.type;
    if (typeof heads !== 'number' || typeof size !== 'number' || (type !== 'float32' && type !== 'float16')) {
      throw new Error(`input ${name} must be float32 or float16 of shape [batch, heads, past, head size]`);
    }
    found.push({ past: name, present, type, emptyShape: [1, heads, 0, size] });
  }
  if (found.length === 0)
    throw new Error('it has no past_key_values inputs: export the decoder with its cache');
  if (!session.outputNames.includes('logits')) throw new Error('it has no output named logits');
  return found;
}
