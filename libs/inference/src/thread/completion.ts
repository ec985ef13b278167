import type { GeneratedToken, GenerateRequest, ModelInfo } from '../engine.js';
import { InferenceError } from '../inference-error.js';
import { checkSampling } from '../sampling/check-sampling.js';
import { evidenceOf } from '../sampling/evidence.js';
import { sampleToken } from '../sampling/sample-token.js';
import type { PromptEncoder } from '../text/prompt-encoder.js';
import { TextRelease } from '../text/text-release.js';
import type { Graph, KeyValueCache } from './graph.js';

/** What every completion of a thread works with. */
export interface LoadedModel {
  info: ModelInfo;
  encoder: PromptEncoder;
  graph: Graph;
}

/** One completion: its tokens so far, its attention state, and its next step. */
export class Completion {
  readonly #model: LoadedModel;
  readonly #request: GenerateRequest;
  readonly #prompt: readonly number[];
  readonly #output: number[];
  readonly #release: TextRelease;
  readonly #limit: number;
  readonly #cache: KeyValueCache;

  /** @throws InferenceError PROMPT_INVALID, PROMPT_TOO_LONG */
  constructor(model: LoadedModel, request: GenerateRequest) {
    const { sampling, resumeFrom = [] } = request;
    checkSampling(sampling);
    this.#model = model;
    this.#request = request;
    this.#prompt = model.encoder.encode(request.prompt);
    const room = model.info.contextLength - this.#prompt.length;
    if (room < 1) throw tooLong(this.#prompt.length, model.info.contextLength);
    this.#limit = Math.min(sampling.maxTokens, room);
    this.#output = resumeFrom.map((token) => token.id);
    checkPrefix(this.#output, this.#limit, model.info);
    this.#release = new TextRelease(model.encoder.decoder(), sampling.stop);
    this.#release.resume(resumeFrom);
    this.#cache = model.graph.emptyCache();
  }

  /**
   * Runs the graph once. The first run takes the prompt whole; accepted tokens are then replayed one at a time, and
   * give nothing. Slower than one prefill of both, but quantised weights round differently there: only so does a
   * resumed completion have the bits, and therefore the tokens, of one that was never interrupted.
   */
  async step(): Promise<GeneratedToken | undefined> {
    const replayed = this.#cache.length - this.#prompt.length;
    const ids = this.#cache.length === 0 ? this.#prompt : [this.#output[replayed]!];
    const logits = await this.#model.graph.run(ids, this.#cache);
    if (this.#cache.length - this.#prompt.length < this.#output.length) return undefined;
    // NaN or +Infinity: no choice among such logits could be defended.
    if (logits.some((logit) => !(logit < Infinity))) {
      throw new InferenceError('ENGINE_FAILED', 'the model gave logits that are not numbers');
    }
    const history = { prompt: this.#prompt, output: this.#output };
    const position = { choice: this.#request.choice, index: this.#output.length + 1 };
    const id = sampleToken(logits, history, this.#request.sampling, position);
    this.#output.push(id);
    return { id, evidence: evidenceOf(logits), ...this.#textOf(id) };
  }

  #textOf(id: number): Pick<GeneratedToken, 'text' | 'finish'> {
    if (this.#model.info.eosTokenIds.includes(id)) return { text: this.#release.flush(), finish: 'stop' };
    const { text, isStopped } = this.#release.push(id);
    if (isStopped) return { text, finish: 'stop' };
    if (this.#output.length < this.#limit) return { text };
    return { text: text + this.#release.flush(), finish: 'length' };
  }
}

function tooLong(tokens: number, contextLength: number): InferenceError {
  const problem = `the prompt is ${tokens} tokens, and the model's context of ${contextLength} must hold it and one more`;
  return new InferenceError('PROMPT_TOO_LONG', `${problem}: shorten it`, 'prompt');
}

function checkPrefix(output: readonly number[], limit: number, info: ModelInfo): void {
  const unknown = output.findIndex((id) => !Number.isInteger(id) || id < 0 || id >= info.vocabSize);
  if (unknown >= 0) throw invalidPrefix(`resumeFrom[${unknown}].id`, 'is not a token of this model');
  const ended = output.findIndex((id) => info.eosTokenIds.includes(id));
  if (ended >= 0) throw invalidPrefix(`resumeFrom[${ended}].id`, 'ends the answer: nothing is left to do');
  if (output.length >= limit) {
    throw invalidPrefix(
      'resumeFrom',
      `has ${output.length} tokens of at most ${limit}: nothing is left to do`,
    );
  }
}

function invalidPrefix(field: string, problem: string): InferenceError {
  return new InferenceError('PROMPT_INVALID', `${field} ${problem}`, field);
}
