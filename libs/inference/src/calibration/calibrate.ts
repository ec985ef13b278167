import type { BindingName, ModelInfo } from '../engine.js';
import { InferenceError } from '../inference-error.js';
import { findChatTemplate } from '../model/chat-template.js';
import { readJsonObject } from '../model/json-file.js';
import { readModel } from '../model/model.js';
import { chooseOnnxFile } from '../model/onnx-file.js';
import type { Decoder } from '../runtime/decoder.js';
import { openDecoder, type OpenDecoder } from '../runtime/open-decoder.js';
import { PromptEncoder } from '../text/prompt-encoder.js';
import { Comparison, type Differences } from './comparison.js';
import { answerHonestly, decodeAgain, type HonestAnswer, prefillAgain } from './honest-answer.js';
import { MARGIN, proposeTolerances, type Tolerances } from './propose-tolerances.js';
import { questionAt, samplingAt } from './questions.js';

export interface CalibrationOptions {
  /** The model's directory. */
  model: string;
  /** The best for a CPU unless given. */
  quantisation?: string;
  /** Answers to compare. */
  prompts: number;
  /** Tokens of an answer at most. */
  tokens: number;
  onProgress?: (done: number, total: number) => void;
  signal?: AbortSignal;
}

export interface Calibration {
  model: ModelInfo;
  determinismClass: string;
  quantisation: string;
  /** How the answers were made with which all else is compared. */
  reference: { binding: BindingName; threads: number; batch: number };
  /** Positions of the answers. */
  positions: number;
  tolerances: Tolerances;
  /** Of the tolerances, over what was measured. */
  margin: number;
  /** By what was different: `prefill` is what a score sees of an honest answer. */
  distributions: Record<string, Differences>;
}

/** Answers that are compared together, in steps of as many. */
const GROUP = 8;
const SMALL_BATCH = 4;

/** The decoders that are compared; each has its own copy of the model in memory. */
interface Decoders {
  reference: OpenDecoder;
  twoThreads: OpenDecoder;
  /** The portable binding, where the reference is not on it. */
  other?: OpenDecoder;
}

/**
 * Measures how far apart the ways of computing the same answers are: token by token and in runs, with one and two
 * threads, alone and in batches, on both bindings; and proposes what an audit should tolerate. Runs the model in this
 * process and, on the portable binding, on this thread.
 * @throws InferenceError as `openEngine`; CANCELLED after an abort, at the next answer
 */
export async function calibrate(options: CalibrationOptions): Promise<Calibration> {
  const { prompts, tokens, onProgress, signal } = options;
  const model = await readModel(options.model, undefined, options.quantisation);
  const questions = await questionsOf(model, prompts, tokens);
  const decoders = await open(model, options.quantisation);
  const comparisons = new Map<string, Comparison>();
  let positions = 0;
  try {
    for (let from = 0; from < questions.length; from += GROUP) {
      const answers: HonestAnswer[] = [];
      for (const question of questions.slice(from, from + GROUP)) {
        if (signal?.aborted) throw new InferenceError('CANCELLED', 'the calibration was cancelled');
        answers.push(await answerHonestly(decoders.reference.decoder, question, model.eosTokenIds));
        await compareOne(decoders, answers.at(-1)!, comparisons);
        onProgress?.(from + answers.length, questions.length);
      }
      await compareBatches(decoders.reference.decoder, answers, comparisons);
      positions += answers.reduce((sum, answer) => sum + answer.tokens.length, 0);
    }
  } finally {
    for (const { decoder } of Object.values(decoders) as OpenDecoder[]) await decoder.close();
  }
  const distributions = Object.fromEntries([...comparisons].map(([name, each]) => [name, each.result()]));
  const { binding, determinismClass } = decoders.reference;
  return {
    model,
    determinismClass,
    quantisation: model.quantisation,
    reference: { binding, threads: 1, batch: 1 },
    positions,
    tolerances: proposeTolerances(Object.values(distributions)),
    margin: MARGIN,
    distributions,
  };
}

async function questionsOf(
  model: ModelInfo,
  count: number,
  tokens: number,
): Promise<Pick<HonestAnswer, 'prompt' | 'sampling' | 'choice'>[]> {
  const encoder = await PromptEncoder.load(model.path);
  const config = await readJsonObject(model.path, 'tokenizer_config.json');
  const isChat = (await findChatTemplate(model.path, config)) !== undefined;
  return Array.from({ length: count }, (_, k) => {
    // In a small context there is room for the end of a long question only, and for some of an answer.
    const prompt = encoder.encode(questionAt(k, isChat)).slice(-Math.ceil(model.contextLength / 2));
    const room = model.contextLength - prompt.length;
    return { prompt, sampling: samplingAt(k, Math.min(tokens, room)), choice: k % 3 };
  });
}

async function open(model: ModelInfo, quantisation: string | undefined): Promise<Decoders> {
  const graph = (await chooseOnnxFile(model.path, quantisation)).path;
  const own = { graph, provider: 'cpu', mayShrink: true, threads: 1, slots: 1 } as const;
  const reference = await openDecoder(model, { ...own, slots: GROUP, binding: 'auto' });
  const { binding } = reference;
  const twoThreads = await openDecoder(model, { ...own, threads: 2, binding });
  if (binding === 'onnxruntime-node') return { reference, twoThreads };
  const other = await openDecoder(model, { ...own, binding: 'onnxruntime-node' });
  return { reference, twoThreads, other };
}

async function compareOne(
  { reference, twoThreads, other }: Decoders,
  answer: HonestAnswer,
  comparisons: Map<string, Comparison>,
): Promise<void> {
  const into = intoOf(comparisons);
  await prefillAgain(reference.decoder, answer, into('prefill'));
  await decodeAgain(twoThreads.decoder, [answer], into('decode, 2 threads'));
  await prefillAgain(twoThreads.decoder, answer, into('prefill, 2 threads'));
  if (!other) return;
  await decodeAgain(other.decoder, [answer], into(`decode, ${other.binding}`));
  await prefillAgain(other.decoder, answer, into(`prefill, ${other.binding}`));
}

async function compareBatches(
  decoder: Decoder,
  answers: readonly HonestAnswer[],
  comparisons: Map<string, Comparison>,
): Promise<void> {
  const into = intoOf(comparisons);
  for (const size of [SMALL_BATCH, GROUP]) {
    for (let from = 0; from + size <= answers.length; from += size) {
      await decodeAgain(decoder, answers.slice(from, from + size), into(`decode, batch of ${size}`));
    }
  }
}

function intoOf(comparisons: Map<string, Comparison>) {
  return (name: string) => {
    const comparison = comparisons.get(name) ?? new Comparison();
    comparisons.set(name, comparison);
    return comparison.add.bind(comparison);
  };
}
